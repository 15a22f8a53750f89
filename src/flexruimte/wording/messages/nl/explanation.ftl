### Waarom dit perceel wel of niet: de uitleg van een perceel

explanation-part-of-ranked = Perceel { $parcel } hoort bij locatie { $location }, plaats { $rank } van { $ranked }: { $status }. Wat hier volgt gaat over het perceel alleen.
explanation-part-of = Perceel { $parcel } hoort bij locatie { $location }: { $status }. Wat hier volgt gaat over het perceel alleen.
explanation-outcome-alone = Op zichzelf is perceel { $parcel } in { $municipality } { $status }.
explanation-outcome-location = Locatie { $parcel } in { $municipality }, van { $parcels } percelen samen, is { $status }. 'Het perceel' is hieronder de hele locatie.
explanation-outcome = Perceel { $parcel } in { $municipality } is { $status }.
decision-out = Een besluit van { $date } sluit dit perceel uit: '{ $reason }'. Dat gaat voor alle regels.
decision-in = Een besluit van { $date } laat dit perceel toe: '{ $reason }'. Dat gaat voor harde regels en aandachtspunten; wat die zeggen blijft zichtbaar.
decision-in-overruled = Een besluit van { $date } laat dit perceel toe: '{ $reason }'. Een zeer harde regel zegt nee en gaat voor: { $rules }.
weight-excludes = Dat sluit uit ({ $level }).
weight-overruled = Dat zou uitsluiten ({ $level }); een besluit gaat ervoor.
weight-attention = Een aandachtspunt ({ $level }).
weight-note = Een kanttekening ({ $level }).
tally = { $count ->
    [one] Van de 1 vraag: { $answers }.
   *[other] Van de { $rules } vragen: { $answers }.
}

explanation-fold = Alle regels met waarde, vraag en kaartlaag: --all; waar elk op rust: --sources.
criterion-sentence = { $about }: { $found }, { $points } van 100.
group-of-condition = { $part }: { $condition }
rank-of = { $rank } van { $ranked }
homes-of-project = { $project } in een project; er is ruimte voor { $homes } ({ $low } - { $high })
homes-not-laid-out = geen verkaveling gemaakt, want uitgesloten
verdict-partly = { $verdict }, deels
footnote = { $study }, peildatum { $date }; regels { $ruleset } { $version }
footnote-left-out = niet beoordeeld: { $names }
