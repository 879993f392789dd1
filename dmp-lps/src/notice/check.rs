//! What a text lacks.
//!
//! A part says an element when it bears its mark and is not blank: whether the words are right stays with their author.
//! Only the box to tick is read: it has to be there, and empty.

use std::fmt;

use super::template::PartKind;
use super::{Element, Template};
use crate::consent::Channel;

/// Something that a text does not say, or says wrongly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Gap {
    /// No part says it, or a blank one, on this channel.
    Missing {
        /// What is not said.
        element: Element,
        /// Where.
        channel: Channel,
    },
    /// The part of the consent has no box to tick.
    NoBox,
    /// A box is ticked beforehand.
    TickedBox,
}

impl fmt::Display for Gap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing { element, channel } => {
                write!(f, "`{}` is not said on the channel `{}`", element.marker(), channel.as_kept())
            }
            Self::NoBox => f.write_str("the consent has no box to tick (☐)"),
            Self::TickedBox => f.write_str("a box of the consent is ticked beforehand"),
        }
    }
}

const CHANNELS: [Channel; 5] = [Channel::Spoken, Channel::Telephone, Channel::Paper, Channel::Message, Channel::Portal];
const EMPTY_BOXES: [&str; 2] = ["☐", "[ ]"];
const TICKED_BOXES: [&str; 6] = ["☑", "☒", "✔", "✓", "[x]", "[X]"];

/// Everything that a text lacks on any channel; empty when it is complete.
#[must_use]
pub fn check(template: &Template) -> Vec<Gap> {
    let mut gaps: Vec<Gap> = Vec::new();
    for gap in CHANNELS.into_iter().flat_map(|channel| check_for(template, channel)) {
        if !gaps.contains(&gap) {
            gaps.push(gap);
        }
    }
    gaps
}

/// What a text lacks on one channel.
#[must_use]
pub fn check_for(template: &Template, channel: Channel) -> Vec<Gap> {
    let said = |element: Element| {
        let parts = template.shown(channel).filter(move |part| part.kind == PartKind::Element(element));
        parts.map(|part| part.text.as_str()).collect::<Vec<_>>().join("\n")
    };
    let mut gaps = Vec::new();
    for element in template.case.elements().iter().copied() {
        let text = said(element);
        let has = |marks: &[&str]| marks.iter().any(|mark| text.contains(mark));
        if text.trim().is_empty() {
            gaps.push(Gap::Missing { element, channel });
        } else if element == Element::ConsentBox {
            gaps.extend((!has(&EMPTY_BOXES)).then_some(Gap::NoBox));
            gaps.extend(has(&TICKED_BOXES).then_some(Gap::TickedBox));
        }
    }
    gaps
}
