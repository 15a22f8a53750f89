### Wat er van een locatie gezegd wordt

location-rank = Plaats { $rank } van { $ranked } in { $municipality }: { $status }.
location-no-rank = Niet gerangschikt in { $municipality }: { $status }.
location-priority = Voorrang: { $priority }.
location-kept-out = Nog niet '{ $above }': { $findings }
location-topic-unknown = { $topic }: niet bekend.
location-class-full = '{ $above }' is vol met locaties die beter scoren.
location-next-to = Hoort bij locatie { $location }, die er vlak naast ligt en beter scoort: samen is dat één plek in '{ $above }'.
location-too-little-suited = Voor zover bekend is de plek voor geen van de doelgroepen geschikt genoeg.
location-class-unanswered = Nog niet bekend, en beslissend voor deze plaats: { $topics }.
location-no-score = Er is te weinig bekend voor een score.
location-score = Score { $score } van 100.
location-score-between = Score { $score } van 100 (tussen { $low } en { $high }, naar wat nog onbekend is uitpakt).
location-term = Vrij voor { $years }: van { $start } tot { $end }
location-term-open = Geen einde bekend; { $years } kan vanaf { $start }
location-homes = Ruimte voor ongeveer { $homes } { $count ->
    [one] woning
   *[other] woningen
} ({ $low } tot { $high }) op { $area }.
location-homes-project = Een project van { $project } { $count ->
    [one] woning
   *[other] woningen
}; er is ruimte voor ongeveer { $homes } ({ $low } tot { $high }) op { $area }.
location-objections = Bezwaren: { $findings }
location-objections-overruled = Bezwaren die met een besluit zijn gepasseerd: { $findings }
location-attention = Let op: { $findings }
location-notes = Kanttekeningen: { $findings }
location-more-notes = { $count ->
    [one] En nog 1 kanttekening.
   *[other] En nog { $more } kanttekeningen.
}
location-missing = Niet bekend: { $topics }.
location-left-out = Bewust niet beoordeeld in deze studie: { $topics }.
topics-and-more = { $topics }; en nog { $more }
