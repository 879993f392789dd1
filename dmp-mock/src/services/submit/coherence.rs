//! X13 to X15: entry and document say the same. Some differences are known to be accepted, and are journalled
//! (`LENIENT_BY_DEFAULT`); all others are refused.

use cda::metadata::{MappingOptions, MappingProblem, derive, differences};
use dmp_protocol::rules::Refusal;
use jiff::{SignedDuration, Timestamp};
use xds_model::{AssociationKind, DocumentEntry, Dtm};

use super::METADATA_ERROR;
use super::content::Parsed;
use super::lot::{Document, Lot};
use crate::rules::{Denial, Hearing, breach};
use crate::world::Registry;

const INVALID_CONTENT: &str = "InvalidDocumentContent";
/// The one difference that is a fault of the metadata (cda.md §9).
const NUMBER_OF_AUTHORS: &str = "CDA-XDS-003";
/// Hash and size, which X07 checks.
const OF_THE_BYTES: [&str; 2] = ["CDA-XDS-017", "CDA-XDS-018"];
/// How far in the future a date may lie.
const SKEW: SignedDuration = SignedDuration::from_secs(60);

pub(super) fn check(
    lot: &Lot<'_>,
    parsed: &Parsed,
    registry: &Registry,
    now: Timestamp,
    hearing: &mut Hearing<'_>,
) -> Result<(), Denial> {
    for (document, read) in lot.documents.iter().zip(parsed) {
        match read {
            Some(Ok(cda)) => same_as_header(document.entry, cda, hearing)?,
            Some(Err(error)) => hearing.registry(breach(
                "X14",
                INVALID_CONTENT,
                "Le document n'est pas un CDA lisible",
                format!("{}: {error}", error.kind.rule().unwrap_or("unreadable")),
                "a well-formed CDA in UTF-8",
            ))?,
            None => {}
        }
        if let Some(Ok(cda)) = read {
            same_replacement(lot, document, cda, registry, hearing)?;
        }
        dates(document.entry, now, hearing)?;
    }
    let submitted = lot.set.submission_time.as_ref().and_then(Dtm::timestamp);
    if submitted.is_some_and(|time| time > now + SKEW) {
        hearing.registry(incoherent_dates("a submissionTime in the future"))?;
    }
    Ok(())
}

/// X13: each difference has its number, CDA-XDS-001 to CDA-XDS-020.
fn same_as_header(entry: &DocumentEntry, cda: &cda::Document, hearing: &mut Hearing<'_>) -> Result<(), Denial> {
    let (derived, problems) = derive(cda, &MappingOptions::default());
    // A long title is the business of X04.
    if problems.iter().any(|one| !matches!(one.problem, MappingProblem::TooLong { .. })) {
        return hearing.registry(breach(
            "X14",
            INVALID_CONTENT,
            "L'en-tête du document est incomplet",
            "a header from which the entry cannot be derived",
            "every header element that the entry needs",
        ));
    }
    let different = differences(&derived, entry).into_iter().filter(|one| !OF_THE_BYTES.contains(&one.rule));
    for difference in different {
        let code = if difference.rule == NUMBER_OF_AUTHORS { METADATA_ERROR } else { INVALID_CONTENT };
        hearing.registry(breach(
            difference.rule,
            code,
            format!("L'attribut {} diffère de l'en-tête du document", difference.attribute),
            format!("{}: {} differs from the header", difference.rule, difference.attribute),
            "the values of the CDA header",
        ))?;
    }
    Ok(())
}

/// X14, second half: the document says that it replaces what RPLC says.
fn same_replacement(
    lot: &Lot<'_>,
    document: &Document<'_>,
    cda: &cda::Document,
    registry: &Registry,
    hearing: &mut Hearing<'_>,
) -> Result<(), Denial> {
    let target = lot.objects.associations.iter().find(|association| {
        association.kind == AssociationKind::Replaces && association.source == document.entry.entry_uuid
    });
    let Some(target) = target.and_then(|association| registry.entry(&association.target)) else { return Ok(()) };
    let replaced = cda.header.replaced().is_some_and(|related| {
        related.parent_ids.iter().any(|id| id.root == target.entry.unique_id && id.extension.is_none())
    });
    if replaced {
        return Ok(());
    }
    hearing.registry(breach(
        "X14",
        INVALID_CONTENT,
        "Le document ne désigne pas celui qu'il remplace",
        "no relatedDocument with the uniqueId of the RPLC target",
        "relatedDocument[@typeCode='RPLC']/parentDocument/id = uniqueId of the replaced document",
    ))
}

/// X15.
fn dates(entry: &DocumentEntry, now: Timestamp, hearing: &mut Hearing<'_>) -> Result<(), Denial> {
    let instant = |date: &Option<Dtm>| date.as_ref().and_then(Dtm::timestamp);
    let (start, stop) = (instant(&entry.service_start_time), instant(&entry.service_stop_time));
    let reversed = matches!((start, stop), (Some(start), Some(stop)) if stop < start);
    let future = [instant(&entry.creation_time), start, stop].into_iter().flatten().any(|date| date > now + SKEW);
    if !reversed && !future {
        return Ok(());
    }
    let found = if reversed { "serviceStopTime before serviceStartTime" } else { "a date in the future" };
    hearing.registry(incoherent_dates(found))
}

fn incoherent_dates(found: &str) -> Refusal {
    breach("X15", METADATA_ERROR, "Dates incohérentes", found, "start before stop, and no date in the future")
}
