"use strict";
flexruimte.start();
