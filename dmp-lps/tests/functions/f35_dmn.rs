//! F35: profiles of the référentiel of dispositifs médicaux numériques.

use dmp_lps::dmn::*;

fn selected(description: DmnDescription) -> Vec<Profile> {
    select_profiles(&description).unwrap().iter().collect()
}

#[test]
fn f35_the_three_examples() {
    // A hospital, no patient access, identities received.
    let hospital = DmnDescription { in_establishment: true, ..DmnDescription::default() };
    assert_eq!(selected(hospital), [Profile::General]);

    // Remote monitoring in an establishment, patients log in with ApCV, identities are created.
    let monitoring = DmnDescription {
        remote_monitoring: true,
        patient_access: true,
        apcv: true,
        creates_identities: true,
        in_establishment: true,
        ..DmnDescription::default()
    };
    assert_eq!(
        selected(monitoring),
        [
            Profile::General,
            Profile::ProfessionalAccess,
            Profile::IdentityRepository,
            Profile::IdentityRepositoryInEstablishment,
            Profile::UserAccess,
            Profile::UserAccessApcv,
        ]
    );

    // Outside establishments, identities are created, patients log in.
    let elsewhere = DmnDescription {
        patient_access: true,
        creates_identities: true,
        outside_establishment: true,
        ..DmnDescription::default()
    };
    assert_eq!(
        selected(elsewhere),
        [Profile::General, Profile::IdentityRepository, Profile::IdentityRepositoryElsewhere, Profile::UserAccess,]
    );
}

/// Each other condition brings its profile and no other.
#[test]
fn f35_each_condition() {
    let none = DmnDescription::default();
    let rows = [
        (DmnDescription { professional_access: true, ..none }, Profile::ProfessionalAccess),
        (DmnDescription { remote_monitoring: true, ..none }, Profile::ProfessionalAccess),
        (DmnDescription { keeps_identity_titles: true, ..none }, Profile::IdentityTitleCopies),
        (DmnDescription { patient_access: true, ..none }, Profile::UserAccess),
    ];
    for (description, profile) in rows {
        assert_eq!(selected(description), [Profile::General, profile], "{description:?}");
    }
}

#[test]
fn f35_conflicts() {
    let none = DmnDescription::default();
    let described = |description| select_profiles(&description).unwrap_err();
    assert_eq!(described(DmnDescription { apcv: true, ..none }), ProfileConflict::ApcvWithoutPatients);
    assert_eq!(described(DmnDescription { creates_identities: true, ..none }), ProfileConflict::IdentitiesNowhere);

    let needs = |profile, needs| ProfileConflict::Needs { profile, needs };
    let rows = [
        (vec![], ProfileConflict::NoGeneral),
        (vec![Profile::UserAccess], ProfileConflict::NoGeneral),
        (vec![Profile::General, Profile::IdentityRepository], ProfileConflict::IdentitiesNowhere),
        (
            vec![Profile::General, Profile::IdentityRepositoryInEstablishment],
            needs(Profile::IdentityRepositoryInEstablishment, Profile::IdentityRepository),
        ),
        (
            vec![Profile::General, Profile::IdentityRepositoryElsewhere],
            needs(Profile::IdentityRepositoryElsewhere, Profile::IdentityRepository),
        ),
        (vec![Profile::General, Profile::UserAccessApcv], needs(Profile::UserAccessApcv, Profile::UserAccess)),
    ];
    for (profiles, conflict) in rows {
        assert_eq!(ProfileSet::of(profiles.clone()).unwrap_err(), conflict, "{profiles:?}");
        assert!(conflict.to_string().starts_with("F35: "), "{conflict}");
    }
}

/// Together the profiles take every requirement, 1 to 103; each range names its profile.
#[test]
fn f35_ranges() {
    let all = ProfileSet::of(Profile::ALL).unwrap();
    let ranges_of_all = ranges(&all);
    for number in 1..=103 {
        assert!(ranges_of_all.iter().any(|range| range.contains(number)), "{number}");
    }
    assert!(!ranges_of_all.iter().any(|range| range.contains(0) || range.contains(104)));

    let general = ProfileSet::of([Profile::General]).unwrap();
    let texts: Vec<String> = ranges(&general).iter().map(ToString::to_string).collect();
    assert_eq!(
        texts,
        [
            "part of 1-65: INS, minimal part",
            "77: portability",
            "102: profiles, rights and habilitations",
            "103: data protection declaration",
        ]
    );
    let titles: Vec<_> =
        ranges_of_all.iter().filter(|range| range.share == Share::Whole && range.contains(46)).collect();
    assert_eq!(titles.len(), 1);
    assert_eq!(titles[0].profile, Profile::IdentityTitleCopies);
}
