//! Traits of a patient as the DMP returns them; only those of the INS are authoritative \[EX_0.2-1020\].

use std::fmt;

use dmp_vocabulary::identity::BirthDate;
use dmp_vocabulary::identity::traits::is_absent;
use dmp_xml::{Element, Writer};

use super::Gender;
use super::element::{attribute, child, children, text};

/// What the DMP writes for a name it does not know.
const NON_RENSEIGNE: &str = "NON RENSEIGNE";

/// Name, contact and civil data of a patient. Never in `Debug`.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct PatientTraits {
    /// `M`, `Mme`, old `Mlle`.
    pub prefix: Option<String>,
    /// Given names, each possibly several in one text.
    pub given: Vec<String>,
    /// Nom utilisé (`SP`).
    pub used_name: Option<String>,
    /// Nom de naissance (`BR`, or a name without qualifier).
    pub birth_name: Option<String>,
    /// Telephones and e-mails.
    pub telecoms: Vec<Telecom>,
    /// Administrative gender.
    pub gender: Option<Gender>,
    /// `YYYYMMDD` as received, also when month or day is `00` (date lunaire) or the text is no date.
    pub birth_time: Option<String>,
}

/// A telephone or an e-mail.
#[derive(Clone, PartialEq, Eq)]
pub struct Telecom {
    /// `HP` fixe, `MC` mobile, none for an e-mail.
    pub purpose: Option<String>,
    /// URL, `tel:` or `mailto:`.
    pub url: String,
}

impl fmt::Debug for PatientTraits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PatientTraits(hidden)")
    }
}

impl fmt::Debug for Telecom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Telecom(hidden)")
    }
}

impl PatientTraits {
    /// The birth date, when the text is one; lunar dates included.
    #[must_use]
    pub fn birth_date(&self) -> Option<BirthDate> {
        BirthDate::parse_hl7(self.birth_time.as_deref()?).ok()
    }

    /// Writes the content of `patientPerson`, in the form of the server.
    pub(super) fn write(&self, w: &mut Writer) {
        self.write_name(w);
        for telecom in &self.telecoms {
            telecom.write(w);
        }
        self.write_gender_and_birth(w);
    }

    /// Writes `name`, in the form of the server.
    pub(super) fn write_name(&self, w: &mut Writer) {
        w.open("name", &[]);
        if let Some(prefix) = &self.prefix {
            w.leaf("prefix", &[], prefix);
        }
        for given in &self.given {
            w.leaf("given", &[], given);
        }
        if let Some(name) = &self.used_name {
            w.leaf("family", &[("qualifier", "SP")], name);
        }
        match (&self.birth_name, &self.used_name) {
            (Some(name), _) => w.leaf("family", &[("qualifier", "BR")], name),
            (None, None) => w.leaf("family", &[("qualifier", "BR")], NON_RENSEIGNE),
            (None, Some(_)) => {}
        }
        w.close();
    }

    pub(super) fn write_gender_and_birth(&self, w: &mut Writer) {
        if let Some(gender) = &self.gender {
            w.empty("administrativeGenderCode", &[("code", gender.code())]);
        }
        if let Some(birth) = &self.birth_time {
            w.empty("birthTime", &[("value", birth)]);
        }
    }

    /// Reads `patientPerson`.
    pub(super) fn read(person: &Element) -> Self {
        let mut traits = Self {
            telecoms: Telecom::read_all(person),
            gender: child(person, "administrativeGenderCode").and_then(super::element::code).map(Gender::from_code),
            birth_time: child(person, "birthTime").and_then(|e| attribute(e, "value")).map(str::to_owned),
            ..Self::default()
        };
        let Some(name) = child(person, "name") else { return traits };
        traits.prefix = child(name, "prefix").and_then(text);
        traits.given = children(name, "given").filter_map(text).collect();
        for family in children(name, "family") {
            let Some(value) = text(family).filter(|name| !is_absent(name)) else { continue };
            let slot = match attribute(family, "qualifier") {
                Some("SP") => &mut traits.used_name,
                _ => &mut traits.birth_name,
            };
            slot.get_or_insert(value);
        }
        traits
    }
}

impl Telecom {
    pub(super) fn write(&self, w: &mut Writer) {
        match &self.purpose {
            Some(purpose) => w.empty("telecom", &[("use", purpose), ("value", &self.url)]),
            None => w.empty("telecom", &[("value", &self.url)]),
        }
    }

    /// Those below an element.
    pub(super) fn read_all(parent: &Element) -> Vec<Self> {
        let read = |element: &Element| {
            let url = attribute(element, "value")?.to_owned();
            Some(Self { purpose: attribute(element, "use").map(str::to_owned), url })
        };
        children(parent, "telecom").filter_map(read).collect()
    }
}
