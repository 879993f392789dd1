//! contentTypeCode of a submission: the activity that produced it (JDV_J59).

use dmp_vocabulary::nomenclature::Nomenclatures;
use xds_model::CodedValue;

/// TRE_R209: preferred where two nomenclatures have the same code.
const ACTIVITIES: &str = "1.2.250.1.213.2.2";

/// The concept of that code.
pub(crate) fn content_type(code: &str) -> Option<CodedValue> {
    let set = Nomenclatures::embedded().value_set("JDV_J59")?;
    let same_code = || set.concepts().iter().filter(|concept| concept.code == code);
    let concept = same_code().find(|concept| concept.system == ACTIVITIES).or_else(|| same_code().next())?;
    Some(CodedValue::new(&concept.code, &concept.display, &concept.system))
}

/// From the code of the encounter: a hospital stay or a consultation; anything else tells nothing.
pub(crate) fn of_encounter(encounter: Option<&str>) -> Option<CodedValue> {
    match encounter? {
        "IMP" => content_type("03"),
        "AMB" => content_type("07"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encounters_that_tell_something() {
        for (encounter, expected) in
            [(Some("IMP"), Some("03")), (Some("AMB"), Some("07")), (Some("EMER"), None), (None, None)]
        {
            assert_eq!(of_encounter(encounter).map(|code| code.code).as_deref(), expected, "{encounter:?}");
        }
    }

    #[test]
    fn an_ambiguous_code_is_an_activity() {
        assert_eq!(content_type("11").map(|code| code.system).as_deref(), Some(ACTIVITIES));
        assert_eq!(content_type("99"), None);
    }
}
