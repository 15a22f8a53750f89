### Twee locaties naast elkaar

compare-location = Locatie
compare-why-class = Waarom die klasse
compare-theme = Score per thema
compare-rule = Wat de regels anders vinden
compare-apart = { $first } en { $second } liggen in verschillende gemeenten; een plaats geldt per gemeente.
compare-neither = { $first } en { $second } hebben geen van beide een plaats.
compare-ranked = { $first } heeft een plaats, { $second } niet: { $status }.
compare-by-priority = { $first } gaat voor { $second } door de voorrang: '{ $above }' komt voor '{ $below }'.
compare-by-score = { $first } gaat voor { $second } door de score: { $more } tegen { $less }; de voorrang is gelijk.
compare-by-homes = { $first } gaat voor { $second } door het aantal woningen: { $more } tegen { $less }; voorrang en score zijn gelijk.
compare-by-id = { $first } gaat voor { $second } alleen door de id; voorrang, score en woningen zijn gelijk.
