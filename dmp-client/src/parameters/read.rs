//! A reader that finds the known values in any XML (the format is not published).

use std::collections::BTreeMap;

use dmp_protocol::xml::{Element, Limits, XmlError, parse};

use super::Parameters;

/// Attributes that may name a parameter.
const NAMES: [&str; 4] = ["nom", "name", "id", "code"];
/// Attributes that may hold its value.
const VALUES: [&str; 2] = ["valeur", "value"];
/// The parameters that this version knows.
const KNOWN: [&str; 4] =
    ["fonctions-gestion-mineurs", "age-majorite", "cumul-invisible_patient-masque_ps", "hr-periode-max-mois"];
/// Beyond these a value is a mistake: ages in years, periods in months.
const AGE_MAX: u16 = 150;
const MONTHS_MAX: u32 = 1200;

/// A file that cannot be taken: the last good copy stays in force.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ParameterError {
    /// Not XML.
    #[error("the parameter file is not XML: {0}")]
    Xml(#[from] XmlError),
    /// None of the known parameters.
    #[error("the parameter file holds none of the known parameters: check its address")]
    Nothing,
    /// A value that is not what its name promises.
    #[error("the parameter {name} of the parameter file is unreadable: expected {expected}")]
    Value {
        /// The parameter.
        name: &'static str,
        /// What it should be.
        expected: &'static str,
    },
}

impl Parameters {
    /// Reads the published file: for each known name, the text of an element of that name, else the text or value
    /// attribute of an element that an attribute calls so. What is not there keeps its default;
    /// [`super::ParameterFile::other`] keeps what is unknown.
    ///
    /// # Errors
    /// [`ParameterError`].
    pub fn from_xml(bytes: &[u8]) -> Result<Self, ParameterError> {
        Self::of(&parse(bytes, &Limits::default())?)
    }

    fn of(root: &Element) -> Result<Self, ParameterError> {
        let defaults = Self::default();
        let found = [
            boolean(root, "fonctions-gestion-mineurs")?.is_some(),
            number(root, "age-majorite", 1, u32::from(AGE_MAX))?.is_some(),
            boolean(root, "cumul-invisible_patient-masque_ps")?.is_some(),
            number(root, "hr-periode-max-mois", 1, MONTHS_MAX)?.is_some(),
        ];
        if !found.contains(&true) {
            return Err(ParameterError::Nothing);
        }
        let age = number(root, "age-majorite", 1, u32::from(AGE_MAX))?.and_then(|age| u16::try_from(age).ok());
        Ok(Self {
            gestion_mineurs: boolean(root, "fonctions-gestion-mineurs")?.unwrap_or(defaults.gestion_mineurs),
            age_majorite: age.unwrap_or(defaults.age_majorite),
            cumul_invisible_patient_masque_ps: boolean(root, "cumul-invisible_patient-masque_ps")?
                .unwrap_or(defaults.cumul_invisible_patient_masque_ps),
            hr_periode_max_mois: number(root, "hr-periode-max-mois", 1, MONTHS_MAX)?
                .unwrap_or(defaults.hr_periode_max_mois),
        })
    }
}

/// The known parameters, and the values of unknown names.
pub(super) fn read_all(bytes: &[u8]) -> Result<(Parameters, BTreeMap<String, String>), ParameterError> {
    let root = parse(bytes, &Limits::default())?;
    let mut others = BTreeMap::new();
    collect(&root, &mut others);
    others.retain(|name, _| !KNOWN.contains(&name.as_str()));
    Ok((Parameters::of(&root)?, others))
}

/// Everything that has a name and a value; the first of a name counts.
fn collect(element: &Element, others: &mut BTreeMap<String, String>) {
    let named = NAMES.iter().find_map(|attribute| element.attr(attribute));
    let name = named.unwrap_or(&element.name.local);
    let text = element.text();
    let value = VALUES.iter().find_map(|attribute| element.attr(attribute)).unwrap_or(text.trim());
    let is_leaf = element.elements().next().is_none();
    if !value.is_empty() && (is_leaf || named.is_some()) {
        others.entry(name.to_owned()).or_insert_with(|| value.to_owned());
    }
    // The reader bounds the depth of the tree.
    element.elements().for_each(|child| collect(child, others));
}

fn boolean(root: &Element, name: &'static str) -> Result<Option<bool>, ParameterError> {
    let Some(text) = value(root, name) else { return Ok(None) };
    match text.trim().to_lowercase().as_str() {
        "true" | "1" | "oui" => Ok(Some(true)),
        "false" | "0" | "non" => Ok(Some(false)),
        _ => Err(ParameterError::Value { name, expected: "true, false, 1, 0, oui or non" }),
    }
}

fn number(root: &Element, name: &'static str, least: u32, most: u32) -> Result<Option<u32>, ParameterError> {
    let Some(text) = value(root, name) else { return Ok(None) };
    match text.trim().parse() {
        Ok(number) if (least..=most).contains(&number) => Ok(Some(number)),
        _ => Err(ParameterError::Value { name, expected: "a whole number of years or months" }),
    }
}

/// An element of that name wins over one that an attribute calls so.
fn value(root: &Element, name: &str) -> Option<String> {
    find(root, &|element| element.name.local == name)
        .or_else(|| find(root, &|element| NAMES.iter().any(|attribute| element.attr(attribute) == Some(name))))
}

fn find(element: &Element, wanted: &dyn Fn(&Element) -> bool) -> Option<String> {
    if wanted(element) {
        let text = element.text();
        let attribute = VALUES.iter().find_map(|attribute| element.attr(attribute));
        return Some(if text.trim().is_empty() { attribute.unwrap_or_default().to_owned() } else { text });
    }
    // The reader bounds the depth of the tree.
    element.elements().find_map(|child| find(child, wanted))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn f23_both_forms_are_read_and_the_rest_keeps_its_default() {
        let defaults = Parameters::default();
        let cases = [
            (
                "<p><age-majorite>15</age-majorite><fonctions-gestion-mineurs>non</fonctions-gestion-mineurs></p>",
                Parameters { age_majorite: 15, gestion_mineurs: false, ..defaults },
            ),
            (
                r#"<x:p xmlns:x="urn:x"><x:param nom="cumul-invisible_patient-masque_ps" valeur="1"/>
                   <x:param name="hr-periode-max-mois"> 12 </x:param></x:p>"#,
                Parameters { cumul_invisible_patient_masque_ps: true, hr_periode_max_mois: 12, ..defaults },
            ),
            (
                "<p><unknown>1</unknown><age-majorite>21</age-majorite><param-document-des-secrets url='x'/></p>",
                Parameters { age_majorite: 21, ..defaults },
            ),
        ];
        for (xml, expected) in cases {
            assert_eq!(Parameters::from_xml(xml.as_bytes()), Ok(expected), "{xml}");
        }
    }

    #[test]
    fn f23_a_wrong_file_is_refused() {
        for xml in ["", "<html/>", "<p><age-majorite>x</age-majorite></p>", "<p><age-majorite>0</age-majorite></p>"] {
            assert!(Parameters::from_xml(xml.as_bytes()).is_err(), "{xml}");
        }
        let twice = b"<p><fonctions-gestion-mineurs>maybe</fonctions-gestion-mineurs></p>";
        assert!(matches!(Parameters::from_xml(twice), Err(ParameterError::Value { .. })));
        let deep = "<a>".repeat(100_000);
        assert!(matches!(Parameters::from_xml(deep.as_bytes()), Err(ParameterError::Xml(_))));
    }

    #[test]
    fn f23_unknown_keys_are_kept() {
        let xml = r#"<p><age-majorite>16</age-majorite><nouveau> 7 </nouveau><nouveau>8</nouveau><vide/>
            <x:param xmlns:x="urn:x" nom="autre" valeur="oui"/><groupe><param name="dedans">1</param></groupe></p>"#;
        let (parameters, others) = read_all(xml.as_bytes()).unwrap();
        assert_eq!(parameters.age_majorite, 16);
        let kept: Vec<(&str, &str)> = others.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(kept, [("autre", "oui"), ("dedans", "1"), ("nouveau", "7")]);
        // The file is refused as a whole.
        assert!(read_all(b"<p><age-majorite>x</age-majorite><nouveau>7</nouveau></p>").is_err());
    }

    #[test]
    fn a_minor_is_strictly_younger() {
        let parameters = Parameters::default();
        for (age, minor) in [(0, true), (17, true), (18, false), (90, false)] {
            assert_eq!(parameters.is_minor(age), minor, "{age}");
        }
        assert!(!Parameters { gestion_mineurs: false, ..parameters }.is_minor(3));
    }
}
