"""What can be fetched, from where, under which licence: data, and the model that checks it."""
