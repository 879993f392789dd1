//! The documents: dossier, procès-verbal, entry of the register, declaration.

use jiff::civil::Date;

use super::builder::{Answer, INSTALLATION};
use super::{CONTRACT, DATA_PROTECTION, DossierBuilder, ProcesVerbal, REVIEWED};
use crate::page::{Cell, Page};

/// A complete dossier.
#[derive(Debug, Clone)]
pub struct Dossier {
    pub(super) of: DossierBuilder,
}

impl Dossier {
    /// The procès-verbal that it leads to.
    #[must_use]
    pub fn proces_verbal(&self) -> &ProcesVerbal {
        &self.of.proces_verbal
    }

    /// The dossier, to be kept by the establishment: it is not sent.
    #[must_use]
    pub fn page(&self) -> Page {
        let of = &self.of;
        let yes = |yes: bool| if yes { "oui" } else { "non" };
        let page = Page::french(format!("Dossier d'auto-homologation DMP — {}", of.proces_verbal.structure))
            .heading("1. Systèmes qui accèdent au DMP")
            .table(
                ["Système", "Alimentation", "Consultation"],
                of.systems
                    .iter()
                    .map(|one| [one.name.as_str().into(), yes(one.feeds).into(), yes(one.consults).into()]),
            )
            .heading("2. Revue des exigences")
            .table(
                ["Exigence", "Statut", "Modalités", "Preuves", "Éléments techniques"],
                REVIEWED.into_iter().map(|id| self.review(id)),
            );
        let page = match of.technical.get(INSTALLATION) {
            Some(checks) => page.paragraph("Autres contrôles de l'installation :").list(checks.iter().cloned()),
            None => page,
        };
        let page = page
            .heading("3. Principaux risques")
            .table(
                ["Risque", "Probabilité", "Criticité", "Mesures prises ou prévues"],
                of.risks.iter().map(|risk| {
                    let (probability, criticality) = (risk.probability.french(), risk.criticality.french());
                    [risk.title.as_str().into(), probability.into(), criticality.into(), risk.measures.as_str().into()]
                }),
            )
            .heading("4. Procédure en cas de suspicion de violation de données")
            .paragraph(&of.breach_procedure)
            .heading("5. Commission")
            .table(
                ["Nom", "Qualité"],
                of.participants.iter().map(|one| [one.name.as_str().into(), one.role.as_str().into()]),
            );
        self.checklists(page)
    }

    fn review(&self, id: &str) -> [Cell; 5] {
        let technical = self.of.technical.get(id).map(|lines| lines.join(" ; ")).unwrap_or_default();
        match self.of.reviews.get(id) {
            Some(review) => [
                id.into(),
                review.status.french().into(),
                review.modalities.as_str().into(),
                review.evidence.as_str().into(),
                technical.into(),
            ],
            None => [id.into(), "Non examinée".into(), "".into(), "".into(), technical.into()],
        }
    }

    fn checklists(&self, page: Page) -> Page {
        let answered = |key: &str| -> [Cell; 2] {
            match self.of.answers.get(key) {
                Some(Answer { yes: true, words }) => ["oui".into(), words.as_str().into()],
                Some(Answer { yes: false, words }) => ["non".into(), words.as_str().into()],
                None => ["sans réponse".into(), "".into()],
            }
        };
        page.heading("6. Contrat avec l'éditeur (EXI 26)")
            .table(
                ["Point", "Réponse", "Précisions"],
                CONTRACT.iter().map(|point| {
                    let [answer, words] = answered(point.key);
                    [point.question.into(), answer, words]
                }),
            )
            .heading("7. Protection des données")
            .table(
                ["Texte", "Point", "Réponse", "Précisions"],
                DATA_PROTECTION.iter().map(|point| {
                    let [answer, words] = answered(point.key);
                    [point.article.into(), point.question.into(), answer, words]
                }),
            )
    }

    /// The procès-verbal, to be printed and signed by hand.
    #[must_use]
    pub fn proces_verbal_page(&self) -> Page {
        let proces_verbal = &self.of.proces_verbal;
        let list = |texts: &std::collections::BTreeSet<String>| texts.iter().cloned().collect::<Vec<_>>().join(", ");
        let page = Page::french("Procès-verbal d'auto-homologation pour l'accès au DMP").table(
            ["", ""],
            [
                ["Structure".into(), proces_verbal.structure.as_str().into()],
                ["Identifiant légal".into(), proces_verbal.legal_id.as_str().into()],
                ["Référentiel".into(), proces_verbal.referential.as_str().into()],
                ["Date".into(), french(proces_verbal.on).into()],
                [
                    "Durée".into(),
                    format!("{} mois, jusqu'au {}", proces_verbal.months, french(proces_verbal.last_day())).into(),
                ],
                [
                    "Identifiants portés par les certificats IGC Santé".into(),
                    list(&proces_verbal.certificate_ids).into(),
                ],
                ["FINESS des établissements".into(), list(&proces_verbal.finess).into()],
                ["Contact opérationnel pour l'Assurance Maladie".into(), proces_verbal.contact.as_str().into()],
            ],
        );
        let page = page.paragraph(
            "Après revue de chaque exigence du référentiel par la commission, la structure homologue l'accès de ses \
             systèmes au DMP et en assume les risques, sous les réserves suivantes.",
        );
        let page = match proces_verbal.reservations.is_empty() {
            true => page.paragraph("Réserves : aucune."),
            false => page.table(
                ["Exigence", "Réserve"],
                proces_verbal
                    .reservations
                    .iter()
                    .map(|one| [one.requirement.as_str().into(), one.text.as_str().into()]),
            ),
        };
        page.paragraph(format!("Signataire : {}", proces_verbal.signatory))
            .paragraph("Fait le : ……………………")
            .paragraph("Signature : ……………………")
    }

    /// The entry of the register of processing activities (RGPD art. 30).
    #[must_use]
    pub fn register_entry(&self) -> Page {
        let proces_verbal = &self.of.proces_verbal;
        let systems: Vec<&str> = self.of.systems.iter().map(|one| one.name.as_str()).collect();
        Page::french("Registre des activités de traitement : accès au DMP").table(
            ["", ""],
            [
                ["Responsable".into(), format!("{} ({})", proces_verbal.structure, proces_verbal.legal_id).into()],
                [
                    "Finalité".into(),
                    "Consulter et alimenter le dossier médical partagé des patients pris en charge".into(),
                ],
                ["Personnes concernées".into(), "Patients ; professionnels qui accèdent au DMP".into()],
                ["Systèmes".into(), systems.join(", ").into()],
                [
                    "Homologation".into(),
                    format!("{}, jusqu'au {}", french(proces_verbal.on), french(proces_verbal.last_day())).into(),
                ],
            ],
        )
    }

    /// What is copied into the online form of the Assurance Maladie; dossier and procès-verbal are not sent.
    #[must_use]
    pub fn declaration(&self, on: Date) -> Page {
        let proces_verbal = &self.of.proces_verbal;
        Page::french("Déclaration d'auto-homologation").table(
            ["", ""],
            [
                ["Date de la déclaration".into(), french(on).into()],
                ["Structure".into(), proces_verbal.structure.as_str().into()],
                ["Identifiant légal".into(), proces_verbal.legal_id.as_str().into()],
                ["Date du procès-verbal".into(), french(proces_verbal.on).into()],
                ["Fin de l'homologation".into(), french(proces_verbal.last_day()).into()],
                [
                    "FINESS des établissements".into(),
                    proces_verbal.finess.iter().cloned().collect::<Vec<_>>().join(", ").into(),
                ],
                ["Contact opérationnel".into(), proces_verbal.contact.as_str().into()],
            ],
        )
    }
}

fn french(day: Date) -> String {
    day.strftime("%d/%m/%Y").to_string()
}
