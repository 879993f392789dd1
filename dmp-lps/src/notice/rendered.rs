//! A notice as somebody reads it, and the record that it was given.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::template::PartKind;
use super::{Case, Gap, Template, check_for};
use crate::consent::{Channel, NoticeEvidence, NoticeMode};
use crate::context::InternalUserId;
use crate::page::Page;

/// Values of the `{name}` of a text. `Debug` does not show them.
#[derive(Clone, Default)]
pub struct Parameters(BTreeMap<String, String>);

impl Parameters {
    /// None yet. The drafts want `structure`, `contact` and `faq`, or `professional`, `contact`, `date` and `patient`.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// With a value.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.0.insert(name.into(), value.into());
        self
    }
}

impl std::fmt::Debug for Parameters {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

/// A notice that cannot be given.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RenderError {
    /// It does not say all that it has to.
    #[error("F18: this text may not be given: {}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Incomplete(Vec<Gap>),
    /// A `{name}` without a value, or with a blank one.
    #[error("F18: the text wants a value for `{{{0}}}`")]
    Parameter(String),
}

/// A notice ready to be shown, said or printed. `Debug` does not show its text, which may name a patient.
#[derive(Clone)]
pub struct Rendered {
    case: Case,
    channel: Channel,
    title: String,
    paragraphs: Vec<String>,
    text_version: String,
}

impl std::fmt::Debug for Rendered {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Rendered")
            .field("case", &self.case)
            .field("channel", &self.channel)
            .field("text_version", &self.text_version)
            .finish_non_exhaustive()
    }
}

/// The draft of the project for a case.
///
/// # Errors
/// [`RenderError::Parameter`].
pub fn render(case: Case, parameters: &Parameters, channel: Channel) -> Result<Rendered, RenderError> {
    Template::draft(case).render(parameters, channel)
}

impl Template {
    /// The draft of the project for a case: neutral, in French, and less than the official model.
    #[must_use]
    pub fn draft(case: Case) -> Self {
        // The drafts are read by a test; an unreadable one would say nothing, and rendering it would be refused.
        Self::parse(case, case.draft()).unwrap_or(Self { case, version: String::new(), parts: Vec::new() })
    }

    /// The text for a channel.
    ///
    /// # Errors
    /// [`RenderError`]: it lacks an element, or a value.
    pub fn render(&self, parameters: &Parameters, channel: Channel) -> Result<Rendered, RenderError> {
        let gaps = check_for(self, channel);
        if !gaps.is_empty() {
            return Err(RenderError::Incomplete(gaps));
        }
        let mut title = String::new();
        let mut paragraphs = Vec::new();
        for part in self.shown(channel) {
            let text = filled(&part.text, parameters)?;
            match part.kind {
                PartKind::Title => title = text,
                PartKind::Element(_) | PartKind::Other => paragraphs.push(text),
            }
        }
        Ok(Rendered { case: self.case, channel, title, paragraphs, text_version: self.version.clone() })
    }
}

impl Rendered {
    /// The text, its parts separated by an empty line.
    #[must_use]
    pub fn text(&self) -> String {
        let title = (!self.title.is_empty()).then_some(self.title.as_str());
        title.into_iter().chain(self.paragraphs.iter().map(String::as_str)).collect::<Vec<_>>().join("\n\n")
    }

    /// The same as a page, to be written as Markdown or HTML.
    #[must_use]
    pub fn page(&self) -> Page {
        self.paragraphs.iter().fold(Page::french(&self.title), |page, text| page.paragraph(text))
    }

    /// Version of the text, to be kept with what it proves.
    #[must_use]
    pub fn text_version(&self) -> &str {
        &self.text_version
    }

    /// The case.
    #[must_use]
    pub fn case(&self) -> Case {
        self.case
    }

    /// The notice was given to the patient: what F01 keeps with the stance. A text in a letter is
    /// [`NoticeMode::Asynchronous`]: no time passing makes it count (référentiel §2.1).
    #[must_use]
    pub fn given(&self, by: InternalUserId, at: Timestamp, mode: NoticeMode) -> NoticeEvidence {
        NoticeEvidence {
            mode,
            channel: self.channel,
            given_by: by,
            given_at: at,
            text_version: self.text_version.clone(),
            contact_resumed_at: None,
        }
    }
}

/// Values are put in as they are: nothing in them is a name of a value.
fn filled(text: &str, parameters: &Parameters) -> Result<String, RenderError> {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let name = after.split_once('}').map(|(name, _)| name).unwrap_or_default();
        let plain = !name.is_empty() && name.chars().all(|one| one.is_ascii_alphanumeric() || one == '_');
        if !plain {
            filled.push('{');
            rest = after;
            continue;
        }
        let value = parameters.0.get(name).filter(|value| !value.trim().is_empty());
        filled.push_str(value.ok_or_else(|| RenderError::Parameter(name.to_owned()))?);
        rest = after.get(name.len() + 1..).unwrap_or_default();
    }
    filled.push_str(rest);
    Ok(filled)
}
