//! `rs:RegistryResponse` and `rs:RegistryErrorList`, both ways.

use dmp_xml::{Element, Writer};

use super::{RegistryError, RegistryResponse, ResponseStatus, Severity};
use crate::error::ReadError;
use crate::namespace::RS;

impl RegistryResponse {
    /// Reads `rs:RegistryResponse`.
    ///
    /// # Errors
    /// [`ReadError::UnexpectedElement`] when the element is another one.
    pub fn read(element: &Element) -> Result<Self, ReadError> {
        ReadError::expect(element, RS, "RegistryResponse", "rs:RegistryResponse")?;
        Ok(Self::read_parts(element))
    }

    /// A refusal that stands bare where another message carries the answers: a `rs:RegistryResponse` that grants
    /// nothing. A bare success is not one: it lacks what was asked for.
    pub(crate) fn read_bare_refusal(element: &Element) -> Option<Self> {
        let response = Self::read(element).ok()?;
        let refused = response.errors.iter().any(|error| error.severity == Severity::Error);
        (refused || response.status == ResponseStatus::Failure).then_some(response)
    }

    /// Reads `@status` and `rs:RegistryErrorList` of any of the three carriers.
    pub(crate) fn read_parts(element: &Element) -> Self {
        let status = ResponseStatus::from_urn(element.attr("status").unwrap_or_default().trim());
        let lists = element.children_named(RS, "RegistryErrorList");
        let errors = lists.flat_map(|list| list.children_named(RS, "RegistryError")).map(read_error).collect();
        Self { status, errors }
    }

    /// Writes `rs:RegistryResponse` as a message body, with its namespace declaration.
    pub fn write(&self, writer: &mut Writer) {
        self.write_response(writer, &[("xmlns:rs", RS)]);
    }

    /// Writes `rs:RegistryResponse` where `rs` is declared.
    pub(crate) fn write_inside(&self, writer: &mut Writer) {
        self.write_response(writer, &[]);
    }

    fn write_response(&self, writer: &mut Writer, declarations: &[(&str, &str)]) {
        let mut attributes = declarations.to_vec();
        attributes.push(("status", self.status.as_urn()));
        if self.errors.is_empty() {
            return writer.empty("rs:RegistryResponse", &attributes);
        }
        writer.open("rs:RegistryResponse", &attributes);
        self.write_errors(writer);
        writer.close();
    }

    /// Writes `rs:RegistryErrorList`; nothing when there are no errors.
    pub(crate) fn write_errors(&self, writer: &mut Writer) {
        let Some(highest) = self.highest_severity() else { return };
        writer.open("rs:RegistryErrorList", &[("highestSeverity", highest.as_urn())]);
        for error in &self.errors {
            let mut attributes = vec![
                ("codeContext", error.context.as_str()),
                ("errorCode", error.code.as_str()),
                ("severity", error.severity.as_urn()),
            ];
            attributes.extend(error.location.as_deref().map(|location| ("location", location)));
            writer.empty("rs:RegistryError", &attributes);
        }
        writer.close();
    }
}

fn read_error(element: &Element) -> RegistryError {
    let text = |name: &str| element.attr(name).unwrap_or_default();
    RegistryError {
        code: text("errorCode").trim().to_owned(),
        context: text("codeContext").to_owned(),
        severity: Severity::from_urn(text("severity").trim()),
        location: element.attr("location").map(str::to_owned),
    }
}
