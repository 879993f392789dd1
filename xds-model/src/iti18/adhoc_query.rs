//! `query:AdhocQueryRequest`: any stored query.

use std::fmt;

use dmp_xml::{Element, Writer};

use super::value::{self, QueryValue};
use super::{DateRange, QueryError, StoredQuery};
use crate::ebrim::{rim_children, slot_values, write_slot};
use crate::error::ReadError;
use crate::namespace::{QUERY, RIM};
use crate::{CodedValue, Dtm};

/// `query:ResponseOption/@returnType`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum ReturnType {
    /// Full objects. Needs the right to consult.
    #[default]
    LeafClass,
    /// Ids only; allowed to who feeds (TD3.1b).
    ObjectRef,
    /// Any other value, verbatim; empty when absent.
    Other(String),
}

impl ReturnType {
    /// Reads the attribute. Total.
    pub fn from_wire(text: &str) -> Self {
        match text {
            "LeafClass" => Self::LeafClass,
            "ObjectRef" => Self::ObjectRef,
            other => Self::Other(other.to_owned()),
        }
    }

    /// The attribute.
    pub fn as_wire(&self) -> &str {
        match self {
            Self::LeafClass => "LeafClass",
            Self::ObjectRef => "ObjectRef",
            Self::Other(other) => other,
        }
    }
}

/// A stored query as it is on the wire: an id and slots whose values are not decoded yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdhocQuery {
    /// `rim:AdhocQuery/@id`; [`StoredQuery::from_id`] tells which query it is.
    pub id: String,
    /// What to return.
    pub return_type: ReturnType,
    /// Slots in order, those of the same name apart: several slots of one name mean AND.
    pub parameters: Vec<Parameter>,
}

/// One slot of a query.
#[derive(Clone, PartialEq, Eq)]
pub struct Parameter {
    /// Name, with its `$`.
    pub name: String,
    /// Raw `rim:Value` texts, trimmed, empty ones dropped: several mean OR.
    pub values: Vec<String>,
}

/// Prints the name only: values name patients and persons.
impl fmt::Debug for Parameter {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Parameter({}: {} values)", self.name, self.values.len())
    }
}

impl AdhocQuery {
    /// A query without parameters yet.
    pub fn new(query: StoredQuery, return_type: ReturnType) -> Self {
        Self { id: query.id().to_owned(), return_type, parameters: Vec::new() }
    }

    /// Adds a single string: `'text'`.
    pub fn add_text(&mut self, name: &str, text: &str) {
        self.add(name, vec![value::encode_text(text)]);
    }

    /// Adds one slot with a list of strings; nothing when there are none.
    pub fn add_list<'a>(&mut self, name: &str, texts: impl IntoIterator<Item = &'a str>) {
        self.add(name, value::encode_list(texts));
    }

    /// Adds one slot with a list of codes; nothing when there are none.
    pub fn add_codes<'a>(&mut self, name: &str, codes: impl IntoIterator<Item = &'a CodedValue>) {
        let codes: Vec<String> = codes.into_iter().map(value::encode_code).collect();
        self.add_list(name, codes.iter().map(String::as_str));
    }

    /// Adds the bounds of an interval under `{stem}From` and `{stem}To`, as 14 digits in UTC.
    pub fn add_dates(&mut self, stem: &str, range: &DateRange) {
        for (suffix, bound) in [("From", &range.from), ("To", &range.to)] {
            if let Some(date) = bound {
                let date = date.to_utc_seconds().unwrap_or_else(|| date.clone());
                self.add(&format!("{stem}{suffix}"), vec![date.as_str().to_owned()]);
            }
        }
    }

    fn add(&mut self, name: &str, values: Vec<String>) {
        if !values.is_empty() {
            self.parameters.push(Parameter { name: name.to_owned(), values });
        }
    }

    /// The names that are not in `known`, which a registry ignores.
    pub fn unknown_parameters<'a>(&'a self, known: &'a [&str]) -> impl Iterator<Item = &'a str> {
        let names = self.parameters.iter().map(|parameter| parameter.name.as_str());
        names.filter(|name| !known.contains(name))
    }

    /// A single string, when present.
    ///
    /// # Errors
    /// [`QueryError::TooMany`] when repeated or of several values, [`QueryError::Malformed`] when not `'text'`.
    pub fn text(&self, name: &str) -> Result<Option<String>, QueryError> {
        let malformed = || QueryError::malformed(name, "a single 'text'");
        match self.single(name)? {
            None => Ok(None),
            Some([single]) => match value::decode(single) {
                Some(QueryValue::Text(text)) => Ok(Some(text)),
                Some(QueryValue::List(texts)) if texts.len() > 1 => Err(QueryError::too_many(name)),
                _ => Err(malformed()),
            },
            Some(_) => Err(QueryError::too_many(name)),
        }
    }

    /// The values of a list (OR); empty when absent.
    ///
    /// # Errors
    /// [`QueryError::TooMany`] when the slot is repeated, [`QueryError::Malformed`] when not `('a','b')`.
    pub fn list(&self, name: &str) -> Result<Vec<String>, QueryError> {
        self.single(name)?.map_or(Ok(Vec::new()), |values| decode_list(name, values))
    }

    /// The values of a list (OR) that must be there.
    ///
    /// # Errors
    /// [`QueryError::Missing`], and those of [`AdhocQuery::list`].
    pub fn required_list(&self, name: &str) -> Result<Vec<String>, QueryError> {
        let values = self.list(name)?;
        if values.is_empty() { Err(QueryError::missing(name)) } else { Ok(values) }
    }

    /// Every slot of a name (AND) with its list (OR), for the parameters that may be repeated.
    ///
    /// # Errors
    /// [`QueryError::Malformed`] when one is not `('a','b')`.
    pub fn lists(&self, name: &str) -> Result<Vec<Vec<String>>, QueryError> {
        self.present(name).map(|values| decode_list(name, values)).collect()
    }

    /// The codes of a list (OR); empty when absent.
    ///
    /// # Errors
    /// Those of [`AdhocQuery::list`]; [`QueryError::Malformed`] when a code has no system.
    pub fn codes(&self, name: &str) -> Result<Vec<CodedValue>, QueryError> {
        decode_codes(name, self.list(name)?)
    }

    /// Every slot of a name (AND) with its codes (OR).
    ///
    /// # Errors
    /// Those of [`AdhocQuery::lists`]; [`QueryError::Malformed`] when a code has no system.
    pub fn code_lists(&self, name: &str) -> Result<Vec<Vec<CodedValue>>, QueryError> {
        self.lists(name)?.into_iter().map(|texts| decode_codes(name, texts)).collect()
    }

    /// The interval under `{stem}From` and `{stem}To`; bare digits, quoted digits accepted.
    ///
    /// # Errors
    /// [`QueryError::TooMany`] when repeated or of several values, [`QueryError::Malformed`] when not a date.
    pub fn dates(&self, stem: &str) -> Result<DateRange, QueryError> {
        Ok(DateRange { from: self.date(&format!("{stem}From"))?, to: self.date(&format!("{stem}To"))? })
    }

    fn date(&self, name: &str) -> Result<Option<Dtm>, QueryError> {
        let Some(values) = self.single(name)? else { return Ok(None) };
        let date = match values {
            [single] => match value::decode(single) {
                Some(QueryValue::Number(text) | QueryValue::Text(text)) => Some(Dtm::from(text)),
                Some(QueryValue::List(texts)) if texts.len() > 1 => return Err(QueryError::too_many(name)),
                _ => None,
            },
            _ => return Err(QueryError::too_many(name)),
        };
        let valid = date.filter(|date| date.timestamp().is_some());
        valid.map(Some).ok_or_else(|| QueryError::malformed(name, "a date of 4 to 14 digits"))
    }

    /// The raw values of a parameter that may not be repeated.
    fn single<'a>(&'a self, name: &str) -> Result<Option<&'a [String]>, QueryError> {
        let mut slots = self.present(name);
        let first = slots.next();
        if slots.next().is_some() { Err(QueryError::too_many(name)) } else { Ok(first) }
    }

    /// The raw values of each slot of a name; a slot without values is an absent one.
    fn present<'a, 'b>(&'a self, name: &'b str) -> impl Iterator<Item = &'a [String]> + use<'a, 'b> {
        let slots = self.parameters.iter().filter(move |parameter| parameter.name == name);
        slots.map(|parameter| parameter.values.as_slice()).filter(|values| !values.is_empty())
    }

    /// Reads `query:AdhocQueryRequest`. Values are not decoded: each has its own error.
    ///
    /// # Errors
    /// [`ReadError`] when the element is another one or has no `rim:AdhocQuery`.
    pub fn read(element: &Element) -> Result<Self, ReadError> {
        const NAME: &str = "query:AdhocQueryRequest";
        ReadError::expect(element, QUERY, "AdhocQueryRequest", NAME)?;
        let query = rim_children(element, "AdhocQuery").next();
        let query = query.ok_or_else(|| ReadError::missing(NAME, element, "rim:AdhocQuery"))?;
        let option = element.child(QUERY, "ResponseOption");
        let return_type = option.and_then(|option| option.attr("returnType")).unwrap_or_default();
        let parameters = rim_children(query, "Slot").map(|slot| Parameter {
            name: slot.attr("name").unwrap_or_default().trim().to_owned(),
            values: slot_values(slot),
        });
        Ok(Self {
            id: query.attr("id").unwrap_or_default().to_owned(),
            return_type: ReturnType::from_wire(return_type.trim()),
            parameters: parameters.collect(),
        })
    }

    /// Writes `query:AdhocQueryRequest` as a message body, with its namespace declarations.
    pub fn write(&self, writer: &mut Writer) {
        writer.open("query:AdhocQueryRequest", &[("xmlns:query", QUERY), ("xmlns:rim", RIM)]);
        let option = [("returnComposedObjects", "true"), ("returnType", self.return_type.as_wire())];
        writer.empty("query:ResponseOption", &option);
        writer.open("rim:AdhocQuery", &[("id", &self.id)]);
        for parameter in self.parameters.iter().filter(|parameter| !parameter.values.is_empty()) {
            let values: Vec<&str> = parameter.values.iter().map(String::as_str).collect();
            write_slot(writer, &parameter.name, &values);
        }
        writer.close();
        writer.close();
    }
}

fn decode_list(name: &str, values: &[String]) -> Result<Vec<String>, QueryError> {
    let mut texts = Vec::new();
    for raw in values {
        match value::decode(raw) {
            Some(QueryValue::List(list)) => texts.extend(list),
            _ => return Err(QueryError::malformed(name, "a list ('a','b')")),
        }
    }
    Ok(texts)
}

fn decode_codes(name: &str, texts: Vec<String>) -> Result<Vec<CodedValue>, QueryError> {
    let codes = texts.iter().map(|text| value::decode_code(text));
    codes.collect::<Option<_>>().ok_or_else(|| QueryError::malformed(name, "a list of codes ('code^^system')"))
}
