//! Text of the datamatrix INS, printed on documents with the mention "INS à scanner" (identities §2.7, SC.CDA/VISU.04).
//!
//! The text only: drawing and scanning the ECC 200 symbol belong to other tools.

use std::fmt;

use super::error::{IdentityError, IdentityKind, IdentityProblem, Parsed};
use super::policy::IdentityPolicy;
use super::status::QualifiedIdentity;
use super::traits::{BirthName, BirthPlace, GivenNames, Sex, StrictTraits};
use super::{BirthDate, Ins};

const KIND: IdentityKind = IdentityKind::Datamatrix;

/// `IS`, version `01`, 22 zeros.
const HEADER: &str = "IS010000000000000000000000";

/// GS: closes a block of variable length that is shorter than its maximum and is not the last one.
const GROUP_SEPARATOR: char = '\u{1d}';

/// Longest text read, in bytes; the longest that can be written has 291.
const MAX_TEXT: usize = 512;

/// What a datamatrix INS says. Absent blocks stay absent: nothing is supposed.
#[derive(Clone, PartialEq, Eq)]
pub struct InsDatamatrix {
    /// Blocks S1 and S2.
    pub ins: Ins,
    /// Block S3.
    pub given_names: Option<GivenNames>,
    /// Block S4.
    pub birth_name: Option<BirthName>,
    /// Block S5.
    pub sex: Option<Sex>,
    /// Block S6.
    pub birth_date: Option<BirthDate>,
    /// Block S7.
    pub birth_place: Option<BirthPlace>,
}

impl QualifiedIdentity {
    /// The text to encode in the symbol; only a qualified identity has one.
    #[must_use]
    pub fn datamatrix_text(&self) -> String {
        let traits = self.traits();
        let blocks = [
            (Block::Matricule, self.ins().matricule().to_owned()),
            (Block::Oid, self.ins().oid().to_owned()),
            (Block::GivenNames, traits.given_names.all().to_owned()),
            (Block::BirthName, traits.birth_name.as_str().to_owned()),
            (Block::Sex, traits.sex.as_str().to_owned()),
            (Block::BirthDate, write_date(traits.birth_date)),
            (Block::BirthPlace, traits.birth_place.as_str().to_owned()),
        ];
        let mut text = HEADER.to_owned();
        for (block, content) in blocks {
            text.push_str(block.identifier());
            text.push_str(&content);
            // The last block is of fixed length, so that no block of variable length is the last one.
            if content.len() < block.max_length() {
                text.push(GROUP_SEPARATOR);
            }
        }
        text
    }
}

impl InsDatamatrix {
    /// Parses the text that a scanner gives.
    ///
    /// Tolerated: blocks in any order, all but S1 and S2 absent, a GS where none is needed (probable). Refused: an
    /// unknown or repeated block, another version, a name outside the INSi profile.
    pub fn parse(text: &str, policy: impl Into<IdentityPolicy>) -> Result<Parsed<Self>, IdentityError> {
        if text.len() > MAX_TEXT {
            let found = text.chars().count();
            return Err(IdentityProblem::Length { found, expected: "at most 291 characters" }.of(KIND));
        }
        let mut blocks = Blocks::split(text)?;
        let (Some(matricule), Some(oid)) = (blocks.take(Block::Matricule), blocks.take(Block::Oid)) else {
            return Err(IdentityProblem::Value { expected: "blocks S1 (matricule) and S2 (OID)" }.of(KIND));
        };
        let ins = Ins::parse(matricule, oid, policy)?;
        let value = Self {
            ins: ins.value,
            given_names: blocks.take(Block::GivenNames).map(GivenNames::parse).transpose()?,
            birth_name: blocks.take(Block::BirthName).map(BirthName::parse).transpose()?,
            sex: blocks.take(Block::Sex).map(Sex::parse).transpose()?,
            birth_date: blocks.take(Block::BirthDate).map(read_date).transpose()?,
            birth_place: blocks.take(Block::BirthPlace).map(BirthPlace::parse).transpose()?,
        };
        Ok(Parsed { value, warnings: ins.warnings })
    }

    /// The strict traits, when S3 to S6 are there; an absent S7 is the unknown birth place, and the first given name
    /// is the first word of the list, because the symbol does not tell a first name of two words.
    ///
    /// A scan proves nothing of the person: it is neither an answer of INSi nor a document of identity.
    #[must_use]
    pub fn strict_traits(&self) -> Option<StrictTraits> {
        Some(StrictTraits {
            birth_name: self.birth_name.clone()?,
            given_names: self.given_names.clone()?,
            birth_date: self.birth_date?,
            sex: self.sex?,
            birth_place: self.birth_place.clone().unwrap_or_else(BirthPlace::unknown),
        })
    }
}

/// Prints the kind of INS, nothing of the person.
impl fmt::Debug for InsDatamatrix {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("InsDatamatrix").field("kind", &self.ins.kind()).finish_non_exhaustive()
    }
}

/// The blocks of version `01`, in the order they are written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Block {
    Matricule,
    Oid,
    GivenNames,
    BirthName,
    Sex,
    BirthDate,
    BirthPlace,
}

impl Block {
    const ALL: [Self; 7] =
        [Self::Matricule, Self::Oid, Self::GivenNames, Self::BirthName, Self::Sex, Self::BirthDate, Self::BirthPlace];

    fn identifier(self) -> &'static str {
        match self {
            Self::Matricule => "S1",
            Self::Oid => "S2",
            Self::GivenNames => "S3",
            Self::BirthName => "S4",
            Self::Sex => "S5",
            Self::BirthDate => "S6",
            Self::BirthPlace => "S7",
        }
    }

    /// Characters; equal to the minimum where the length is fixed.
    fn max_length(self) -> usize {
        match self {
            Self::Matricule => 15,
            Self::Oid => 20,
            Self::GivenNames | Self::BirthName => 100,
            Self::Sex => 1,
            Self::BirthDate => 10,
            Self::BirthPlace => 5,
        }
    }
}

/// The contents of the blocks, by block.
struct Blocks<'text>([Option<&'text str>; Block::ALL.len()]);

impl<'text> Blocks<'text> {
    fn split(text: &'text str) -> Result<Self, IdentityError> {
        let refuse = |position, expected| IdentityProblem::Character { position, expected }.of(KIND);
        // Blocks are cut by number of characters, which are bytes here.
        if let Some(index) = text.chars().position(|character| !character.is_ascii()) {
            return Err(refuse(index + 1, "an ASCII character"));
        }
        let mut rest = text
            .strip_prefix(HEADER)
            .ok_or(IdentityProblem::Value { expected: "the header IS, version 01 and 22 zeros" }.of(KIND))?;
        let mut contents = [None; Block::ALL.len()];
        while !rest.is_empty() {
            let position = text.len() - rest.len() + 1;
            let known = Block::ALL.into_iter().zip(&mut contents);
            let found = known.into_iter().find(|(block, _)| rest.starts_with(block.identifier()));
            let (block, content) = found.ok_or(refuse(position, "a block S1 to S7"))?;
            if content.is_some() {
                return Err(refuse(position, "each block once"));
            }
            rest = rest.get(block.identifier().len()..).unwrap_or_default();
            let end = rest.find(GROUP_SEPARATOR).unwrap_or(rest.len()).min(block.max_length());
            let (taken, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
            *content = Some(taken);
            rest = after.strip_prefix(GROUP_SEPARATOR).unwrap_or(after);
        }
        Ok(Self(contents))
    }

    fn take(&mut self, block: Block) -> Option<&'text str> {
        Block::ALL
            .into_iter()
            .zip(&mut self.0)
            .find(|(known, _)| *known == block)
            .and_then(|(_, content)| content.take())
    }
}

/// `JJ-MM-AAAA`, `00` for what is unknown.
fn write_date(date: BirthDate) -> String {
    format!("{:02}-{:02}-{:04}", date.day().unwrap_or(0), date.month().unwrap_or(0), date.year())
}

fn read_date(text: &str) -> Result<BirthDate, IdentityError> {
    let refusal = IdentityProblem::Date { expected: "JJ-MM-AAAA" }.of(IdentityKind::BirthDate);
    let mut parts = text.split('-');
    let (Some(day), Some(month), Some(year), None) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
        return Err(refusal);
    };
    BirthDate::parse_insi(&format!("{year}-{month}-{day}")).map_err(|_| refusal)
}
