//! Confidentiality codes: what they hide, and what cannot be hidden again (access-rules.md §10).

use dmp_protocol::rules::Refusal;
use xds_model::{CodedValue, DocumentEntry};

use super::denial::breach;
use super::functional::Action;
use dmp_protocol::switches::ServerSwitches;

/// Masked to professionals.
pub const MASQUE_PS: &str = "MASQUE_PS";
/// Not visible to the patient.
pub const INVISIBLE_PATIENT: &str = "INVISIBLE_PATIENT";
/// Not visible to the legal representatives of a minor.
pub const INVISIBLE_REPRESENTANTS: &str = "INVISIBLE_REPRESENTANTS_LEGAUX";

const LEVELS: [&str; 3] = ["N", "R", "V"];
const LEVEL_SYSTEM: &str = "2.16.840.1.113883.5.25";
const FLAGS: [&str; 3] = [MASQUE_PS, INVISIBLE_PATIENT, INVISIBLE_REPRESENTANTS];
const FLAG_SYSTEM: &str = "1.2.250.1.213.1.1.4.13";

/// DOC-04 (X19): exactly one of N R V, the three flags never alone nor twice, nothing else.
///
/// # Errors
/// `XDSRegistryMetadataError`.
pub fn check_codes(codes: &[CodedValue]) -> Result<(), Refusal> {
    let is_level = |code: &&CodedValue| LEVELS.contains(&code.code.as_str()) && code.system == LEVEL_SYSTEM;
    let is_flag = |code: &&CodedValue| FLAGS.contains(&code.code.as_str()) && code.system == FLAG_SYSTEM;
    let levels = codes.iter().filter(is_level).count();
    let flags = codes.iter().filter(is_flag).count();
    let repeated = FLAGS.iter().any(|flag| codes.iter().filter(|code| code.code == *flag).count() > 1);
    if levels == 1 && levels + flags == codes.len() && !repeated {
        return Ok(());
    }
    Err(breach(
        "DOC-04",
        "XDSRegistryMetadataError",
        "Le code de confidentialité ne fait pas partie du domaine d'affinité",
        format!("{levels} of N R V, {flags} flags, {} codes", codes.len()),
        "exactly one of N, R, V, then MASQUE_PS, INVISIBLE_PATIENT, INVISIBLE_REPRESENTANTS_LEGAUX at most once each",
    ))
}

/// VIS-07 (X21): invisible to the patient and masked to professionals would be visible to nobody.
///
/// # Errors
/// `LocalPolicyRestrictionError`.
pub fn check_cumul(entry: &DocumentEntry, switches: &ServerSwitches) -> Result<(), Refusal> {
    if switches.cumul_invisible_patient_masque_ps
        || !(entry.has_confidentiality(INVISIBLE_PATIENT) && entry.has_confidentiality(MASQUE_PS))
    {
        return Ok(());
    }
    Err(breach(
        "VIS-07",
        "LocalPolicyRestrictionError",
        "Un document ne peut être à la fois masqué aux professionnels et invisible au patient",
        "INVISIBLE_PATIENT together with MASQUE_PS",
        "one of them (parameter cumul-invisible_patient-masque_ps)",
    ))
}

/// VIS-08, VIS-09 (X20): what the patient or the representatives could see stays visible to them.
///
/// # Errors
/// `LocalPolicyRestrictionError`.
pub fn check_irreversible(
    before: &DocumentEntry,
    after: &DocumentEntry,
    switches: &ServerSwitches,
) -> Result<(), Refusal> {
    if !switches.irreversible_visibility {
        return Ok(());
    }
    for (rule, flag) in [("VIS-08", INVISIBLE_PATIENT), ("VIS-09", INVISIBLE_REPRESENTANTS)] {
        if after.has_confidentiality(flag) && !before.has_confidentiality(flag) {
            return Err(breach(
                rule,
                "LocalPolicyRestrictionError",
                "Un document qui a été visible ne peut plus être rendu invisible",
                format!("{flag} added to a document that was visible"),
                "the codes that the document had: making visible is irreversible",
            ));
        }
    }
    Ok(())
}

/// The actions of a change of codes; several at once must each be allowed (access-rules.md §1).
#[must_use]
pub fn actions_of_change(before: &DocumentEntry, after: &DocumentEntry) -> Vec<Action> {
    let mut actions = Vec::new();
    match (before.has_confidentiality(MASQUE_PS), after.has_confidentiality(MASQUE_PS)) {
        (false, true) => actions.push(Action::Mask),
        (true, false) => actions.push(Action::Unmask),
        _ => {}
    }
    for flag in [INVISIBLE_PATIENT, INVISIBLE_REPRESENTANTS] {
        // Hiding has the right of making visible (VIS-09); that it is irreversible refuses it later.
        if before.has_confidentiality(flag) != after.has_confidentiality(flag)
            && !actions.contains(&Action::MakeVisible)
        {
            actions.push(Action::MakeVisible);
        }
    }
    actions
}

/// A flag as a coded value.
#[must_use]
pub fn flag(code: &str) -> CodedValue {
    let display = match code {
        MASQUE_PS => "Document masqué aux professionnels de santé",
        INVISIBLE_PATIENT => "Document non visible par le patient",
        _ => "Document non visible par les représentants légaux du patient",
    };
    CodedValue::new(code, display, FLAG_SYSTEM)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(list: &[&str]) -> Vec<CodedValue> {
        list.iter()
            .map(|code| {
                let system = if LEVELS.contains(code) { LEVEL_SYSTEM } else { FLAG_SYSTEM };
                CodedValue::without_display(*code, system)
            })
            .collect()
    }

    fn entry(list: &[&str]) -> DocumentEntry {
        DocumentEntry { confidentiality_codes: codes(list), ..DocumentEntry::default() }
    }

    #[test]
    fn sets_of_codes() {
        for good in [&["N"][..], &["R"], &["N", MASQUE_PS], &["N", INVISIBLE_PATIENT, INVISIBLE_REPRESENTANTS]] {
            assert_eq!(check_codes(&codes(good)), Ok(()), "{good:?}");
        }
        for bad in [&[][..], &[MASQUE_PS], &["N", "R"], &["N", "N"], &["N", MASQUE_PS, MASQUE_PS], &["N", "X"]] {
            assert_eq!(check_codes(&codes(bad)).map_err(|refusal| refusal.rule), Err("DOC-04"), "{bad:?}");
        }
        let foreign = [CodedValue::without_display("N", FLAG_SYSTEM)];
        assert!(check_codes(&foreign).is_err(), "another system");
    }

    #[test]
    fn what_was_visible_stays_visible() {
        let switches = ServerSwitches::default();
        let cases = [
            (&["N"][..], &["N", INVISIBLE_PATIENT][..], Err("VIS-08")),
            (&["N"], &["N", INVISIBLE_REPRESENTANTS], Err("VIS-09")),
            (&["N", INVISIBLE_PATIENT], &["N"], Ok(())),
            (&["N", INVISIBLE_PATIENT], &["N", INVISIBLE_PATIENT], Ok(())),
            (&["N"], &["N", MASQUE_PS], Ok(())),
        ];
        for (before, after, expected) in cases {
            let found = check_irreversible(&entry(before), &entry(after), &switches).map_err(|refusal| refusal.rule);
            assert_eq!(found, expected, "{before:?} {after:?}");
        }
        let off = ServerSwitches { irreversible_visibility: false, ..switches };
        assert_eq!(check_irreversible(&entry(&["N"]), &entry(&["N", INVISIBLE_PATIENT]), &off), Ok(()));
    }

    #[test]
    fn changes_name_their_actions() {
        use Action::{MakeVisible, Mask, Unmask};
        let cases = [
            (&["N"][..], &["N", MASQUE_PS][..], vec![Mask]),
            (&["N", MASQUE_PS], &["N"], vec![Unmask]),
            (&["N", INVISIBLE_PATIENT], &["N"], vec![MakeVisible]),
            (&["N", INVISIBLE_PATIENT], &["N", MASQUE_PS], vec![Mask, MakeVisible]),
            (&["N"], &["N"], vec![]),
        ];
        for (before, after, expected) in cases {
            assert_eq!(actions_of_change(&entry(before), &entry(after)), expected, "{before:?} {after:?}");
        }
    }
}
