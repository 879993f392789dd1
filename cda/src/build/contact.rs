//! Addresses and telecommunication addresses.

use dmp_vocabulary::identity::Ins;
use dmp_xml::Writer;

use super::faults::Faults;
use super::parts::{UNKNOWN, hidden};

/// Where someone can be reached; empty when the producer does not know or does not say.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Contact {
    /// Postal addresses.
    pub addresses: Vec<Address>,
    /// Telephones, mail…
    pub telecoms: Vec<Telecom>,
}

/// `AD`
#[derive(Clone, PartialEq, Eq)]
pub struct Address {
    /// `@use`; one code, as the schematron in force asks.
    pub usage: Option<AddressUse>,
    /// Components or lines, never both.
    pub content: AddressContent,
}

/// Use of an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AddressUse {
    /// `H` domicile
    Home,
    /// `HP` domicile principal
    PrimaryHome,
    /// `HV` domicile de vacances
    HolidayHome,
    /// `WP` travail
    Work,
    /// `TMP` adresse temporaire
    Temporary,
}

/// Content of an address.
#[derive(Clone, PartialEq, Eq)]
pub enum AddressContent {
    /// Named components, each at most once.
    Components(Box<AddressComponents>),
    /// One to six lines: delivery point, complement, street, lieu-dit or BP, postal code and city, country.
    Lines(Vec<String>),
}

/// Components of an address; what is absent is not written.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct AddressComponents {
    /// Number in the street.
    pub house_number: Option<String>,
    /// `bis`, `ter`…
    pub house_number_numeric: Option<String>,
    /// Street with its type.
    pub street_name: Option<String>,
    /// Complement: building, staircase, lieu-dit.
    pub additional_locator: Option<String>,
    /// Flat, floor, room.
    pub unit_id: Option<String>,
    /// Boîte postale.
    pub post_box: Option<String>,
    /// District.
    pub precinct: Option<String>,
    /// Postal code.
    pub postal_code: Option<String>,
    /// City, with CEDEX where there is one.
    pub city: Option<String>,
    /// County; a COG code in the address of a place of birth.
    pub county: Option<String>,
    /// State.
    pub state: Option<String>,
    /// Country, in capitals.
    pub country: Option<String>,
}

impl Address {
    /// From components.
    #[must_use]
    pub fn of(components: AddressComponents) -> Self {
        Self { usage: None, content: AddressContent::Components(Box::new(components)) }
    }

    /// From lines.
    #[must_use]
    pub fn lines<T: Into<String>>(lines: impl IntoIterator<Item = T>) -> Self {
        Self { usage: None, content: AddressContent::Lines(lines.into_iter().map(Into::into).collect()) }
    }

    /// The same for one use.
    #[must_use]
    pub fn used_for(self, usage: AddressUse) -> Self {
        Self { usage: Some(usage), ..self }
    }

    fn parts(&self) -> Vec<(&'static str, &str)> {
        match &self.content {
            AddressContent::Components(components) => components.parts(),
            AddressContent::Lines(lines) => lines.iter().map(|line| ("streetAddressLine", line.as_str())).collect(),
        }
    }

    pub(super) fn check(&self, field: &str, faults: &mut Faults) {
        let parts = self.parts();
        let filled = !parts.is_empty() && parts.iter().all(|(_, text)| !text.trim().is_empty());
        faults.check(field, filled, "CDA-TYP-013", "an empty address or an empty part of it");
        let few = !matches!(&self.content, AddressContent::Lines(lines) if lines.len() > 6);
        faults.check(field, few, "CDA-TYP-011", "at most six lines");
    }

    pub(super) fn write(&self, w: &mut Writer) {
        let usage = self.usage.map(|usage| ("use", usage.code()));
        w.open("addr", usage.as_slice());
        self.parts().into_iter().for_each(|(element, text)| w.leaf(element, &[], text));
        w.close();
    }
}

impl AddressUse {
    fn code(self) -> &'static str {
        match self {
            Self::Home => "H",
            Self::PrimaryHome => "HP",
            Self::HolidayHome => "HV",
            Self::Work => "WP",
            Self::Temporary => "TMP",
        }
    }
}

impl AddressComponents {
    fn parts(&self) -> Vec<(&'static str, &str)> {
        let parts = [
            ("houseNumber", &self.house_number),
            ("houseNumberNumeric", &self.house_number_numeric),
            ("streetName", &self.street_name),
            ("additionalLocator", &self.additional_locator),
            ("unitID", &self.unit_id),
            ("postBox", &self.post_box),
            ("precinct", &self.precinct),
            ("postalCode", &self.postal_code),
            ("city", &self.city),
            ("county", &self.county),
            ("state", &self.state),
            ("country", &self.country),
        ];
        parts.into_iter().filter_map(|(element, text)| Some((element, text.as_deref()?))).collect()
    }
}

/// `TEL`: a scheme and an address without space.
#[derive(Clone, PartialEq, Eq)]
pub struct Telecom {
    scheme: TelecomScheme,
    address: String,
    usage: Option<TelecomUse>,
}

/// Scheme of a telecommunication address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TelecomScheme {
    /// `tel:`
    Telephone,
    /// `fax:`
    Fax,
    /// `mailto:`, MSSanté included
    Mail,
    /// `http:`
    Http,
    /// `ftp:`
    Ftp,
    /// `mllp:`
    Mllp,
}

/// Use of a telecommunication address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TelecomUse {
    /// `H` domicile
    Home,
    /// `HP` domicile principal
    PrimaryHome,
    /// `HV` domicile de vacances
    HolidayHome,
    /// `WP` travail
    Work,
    /// `DIR` ligne directe
    Direct,
    /// `PUB` standard
    Public,
    /// `EC` urgences
    Emergency,
    /// `MC` mobile
    Mobile,
    /// `PG` bip
    Pager,
}

impl Telecom {
    /// An address of any scheme, without the scheme: `0261910042`, `a@exemple.fr`, `//exemple.fr`.
    #[must_use]
    pub fn new(scheme: TelecomScheme, address: impl Into<String>) -> Self {
        Self { scheme, address: address.into(), usage: None }
    }

    /// A telephone number, digits without space.
    #[must_use]
    pub fn phone(number: impl Into<String>) -> Self {
        Self::new(TelecomScheme::Telephone, number)
    }

    /// A mail address.
    #[must_use]
    pub fn mail(address: impl Into<String>) -> Self {
        Self::new(TelecomScheme::Mail, address)
    }

    /// The MSSanté address of a patient.
    #[must_use]
    pub fn patient_mssante(ins: &Ins) -> Self {
        Self::mail(format!("{}@patient.mssante.fr", ins.matricule()))
    }

    /// The same for one use.
    #[must_use]
    pub fn used_for(self, usage: TelecomUse) -> Self {
        Self { usage: Some(usage), ..self }
    }

    /// Local part of an address of the patients' MSSanté domain: a matricule.
    pub(super) fn patient_matricule(&self) -> Option<&str> {
        self.address.strip_suffix("@patient.mssante.fr")
    }

    fn check(&self, field: &str, faults: &mut Faults) {
        let plain = !self.address.is_empty() && !self.address.contains(char::is_whitespace);
        faults.check(field, plain, "CDA-TYP-016", "an address without space");
    }

    fn write(&self, w: &mut Writer) {
        let value = format!("{}:{}", self.scheme.as_str(), self.address);
        let mut attributes = vec![("value", value.as_str())];
        attributes.extend(self.usage.map(|usage| ("use", usage.code())));
        w.empty("telecom", &attributes);
    }
}

impl TelecomScheme {
    fn as_str(self) -> &'static str {
        match self {
            Self::Telephone => "tel",
            Self::Fax => "fax",
            Self::Mail => "mailto",
            Self::Http => "http",
            Self::Ftp => "ftp",
            Self::Mllp => "mllp",
        }
    }
}

impl TelecomUse {
    fn code(self) -> &'static str {
        match self {
            Self::Home => "H",
            Self::PrimaryHome => "HP",
            Self::HolidayHome => "HV",
            Self::Work => "WP",
            Self::Direct => "DIR",
            Self::Public => "PUB",
            Self::Emergency => "EC",
            Self::Mobile => "MC",
            Self::Pager => "PG",
        }
    }
}

impl Contact {
    /// Faults name `prefix` + `addresses` or `telecoms`.
    pub(super) fn check(&self, prefix: &str, faults: &mut Faults) {
        let (addresses, telecoms) = (format!("{prefix}addresses"), format!("{prefix}telecoms"));
        self.addresses.iter().for_each(|address| address.check(&addresses, faults));
        faults.distinct(&addresses, &self.addresses);
        self.telecoms.iter().for_each(|telecom| telecom.check(&telecoms, faults));
        faults.distinct(&telecoms, &self.telecoms);
    }

    /// Addresses, then telecoms, as persons have them.
    pub(super) fn write(&self, w: &mut Writer) {
        self.write_addresses(w);
        self.write_telecoms(w);
    }

    /// As persons who are expected to have both: null where unknown.
    pub(super) fn write_expected(&self, w: &mut Writer) {
        if self.addresses.is_empty() {
            w.empty("addr", UNKNOWN);
        }
        self.write_addresses(w);
        if self.telecoms.is_empty() {
            w.empty("telecom", UNKNOWN);
        }
        self.write_telecoms(w);
    }

    /// Telecoms, then addresses, as organisations have them.
    pub(super) fn write_organization(&self, w: &mut Writer) {
        self.write_telecoms(w);
        self.write_addresses(w);
    }

    /// The first of each, as a custodian has them.
    pub(super) fn write_first(&self, w: &mut Writer) {
        self.telecoms.iter().take(1).for_each(|telecom| telecom.write(w));
        self.addresses.iter().take(1).for_each(|address| address.write(w));
    }

    fn write_addresses(&self, w: &mut Writer) {
        self.addresses.iter().for_each(|address| address.write(w));
    }

    fn write_telecoms(&self, w: &mut Writer) {
        self.telecoms.iter().for_each(|telecom| telecom.write(w));
    }
}

hidden!(Contact, Address, AddressContent, AddressComponents, Telecom);
