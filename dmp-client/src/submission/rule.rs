//! The coherence rules (`xds.md` §13) that are checked before anything is sent.

/// A rule, and what it says to who breaks it.
pub(crate) struct Rule {
    /// Id, as `--lenient` and the mock name it.
    pub(crate) id: &'static str,
    /// What is refused: English, French.
    pub(crate) meaning: (&'static str, &'static str),
    /// What to do: English, French.
    pub(crate) remedy: (&'static str, &'static str),
}

/// X04: formats.
pub(crate) const FORMAT: Rule = Rule {
    id: "X04",
    meaning: ("metadata not in the form the DMP takes [EX_2.1-1130]", "métadonnée hors du format du DMP [EX_2.1-1130]"),
    remedy: (
        "correct the document: its id is one OID of at most 128 characters without extension, its title has at most 128 characters",
        "corriger le document : son id est un seul OID de 128 caractères au plus, sans extension, son titre a 128 caractères au plus",
    ),
};

/// X04: lengths of the schema.
pub(crate) const LENGTH: Rule = Rule {
    id: "X04",
    meaning: (
        "a value that the schema of the message does not take",
        "une valeur que le schéma du message n'admet pas",
    ),
    remedy: (
        "shorten it in the document: an identity or an identifier has at most 256 characters, a label or a comment 1024",
        "la raccourcir dans le document : une identité ou un identifiant a 256 caractères au plus, un libellé ou un commentaire 1024",
    ),
};

/// X03: mandatory attributes.
pub(crate) const MANDATORY: Rule = Rule {
    id: "X03",
    meaning: ("mandatory metadata missing", "métadonnée obligatoire absente"),
    remedy: (
        "complete the header of the document, or the metadata given",
        "compléter l'en-tête du document, ou les métadonnées données",
    ),
};

/// X05: one patient.
pub(crate) const SAME_PATIENT: Rule = Rule {
    id: "X05",
    meaning: (
        "the document is not about the patient of the record",
        "le document n'est pas celui du patient du dossier",
    ),
    remedy: (
        "check the patient: a document is only sent to the DMP of the patient it names",
        "vérifier le patient : un document ne part que dans le DMP du patient qu'il nomme",
    ),
};

/// X08: uniqueIds.
pub(crate) const UNIQUE: Rule = Rule {
    id: "X08",
    meaning: ("the same document twice in one submission", "deux fois le même document dans un lot"),
    remedy: ("send each document once", "envoyer chaque document une fois"),
};

/// X09: value sets.
pub(crate) const VALUE_SET: Rule = Rule {
    id: "X09",
    meaning: ("a code is not in the value sets of the DMP", "un code n'est pas dans les jeux de valeurs du DMP"),
    remedy: ("use a code of the current value set", "utiliser un code du jeu de valeurs en vigueur"),
};

/// X10: types that an LPS may not create.
pub(crate) const CREATABLE: Rule = Rule {
    id: "X10",
    meaning: (
        "a type that a professional's software may not create [EX_2.1-1010]",
        "un type qu'un logiciel de professionnel ne peut pas créer [EX_2.1-1010]",
    ),
    remedy: (
        "patient's expressions (90, DOCPAT*), reimbursements (REMB) and 11369-6 do not come from an LPS: choose the type that fits",
        "les expressions du patient (90, DOCPAT*), les remboursements (REMB) et 11369-6 ne viennent pas d'un LPS : choisir le type qui convient",
    ),
};

/// X11: the lot's author.
pub(crate) const LOT_AUTHOR: Rule = Rule {
    id: "X11",
    meaning: (
        "the author of the submission is not an author of each document",
        "l'auteur du lot n'est pas auteur de chaque document",
    ),
    remedy: (
        "submit in one lot only documents that share an author",
        "ne grouper dans un lot que des documents qui ont un auteur commun",
    ),
};

/// X12: the sender is an author.
pub(crate) const SENDER_IS_AUTHOR: Rule = Rule {
    id: "X12",
    meaning: (
        "the sending structure is not the institution of an author [EX_2.1-1140]",
        "la structure qui envoie n'est l'institution d'aucun auteur [EX_2.1-1140]",
    ),
    remedy: (
        "send as the structure that wrote the document: its Struct_IdNat must be the authorInstitution of an author",
        "envoyer au nom de la structure qui a produit le document : son Struct_IdNat doit être l'authorInstitution d'un auteur",
    ),
};

/// X13: entry against header.
pub(crate) const HEADER: Rule = Rule {
    id: "X13",
    meaning: ("the header does not give the metadata of the DMP", "l'en-tête ne donne pas les métadonnées du DMP"),
    remedy: ("correct the header of the document", "corriger l'en-tête du document"),
};

/// X14: the replaced document.
pub(crate) const REPLACED: Rule = Rule {
    id: "X14",
    meaning: ("the document does not say that it replaces this one", "le document ne dit pas qu'il remplace celui-ci"),
    remedy: (
        "relatedDocument of type RPLC in the document names the uniqueId of the version that is replaced",
        "le relatedDocument de type RPLC du document nomme l'uniqueId de la version remplacée",
    ),
};

/// X14: a replacement that is sent as a new document.
pub(crate) const NOT_REPLACING: Rule = Rule {
    id: "X14",
    meaning: (
        "the document says that it replaces another one, and is submitted as a new one",
        "le document dit qu'il en remplace un autre, et il est soumis comme nouveau",
    ),
    remedy: (
        "if the DMP has the former version, submit this one with Document::replacing and its uniqueId: both would stand side by side otherwise",
        "si le DMP a la version précédente, soumettre celle-ci avec Document::replacing et son uniqueId : sinon les deux cohabitent",
    ),
};

/// EX_GEN-1060: something new to say.
pub(crate) const SUBSTANCE: Rule = Rule {
    id: "EX_GEN-1060",
    meaning: (
        "an empty or unchanged document is never sent [EX_GEN-1060]",
        "un document vide ou inchangé n'est jamais envoyé [EX_GEN-1060]",
    ),
    remedy: (
        "send the document once it has content, and a new version only when it differs from the one it replaces",
        "envoyer le document quand il a un contenu, et une nouvelle version seulement si elle diffère de celle qu'elle remplace",
    ),
};

/// X15: times.
pub(crate) const TIMES: Rule = Rule {
    id: "X15",
    meaning: ("the times of the document are not coherent", "les dates du document ne sont pas cohérentes"),
    remedy: (
        "the end of the act is not before its start, and neither act nor document is in the future: check the clock, and the offset of each time",
        "la fin de l'acte n'est pas avant son début, et ni l'acte ni le document ne sont dans le futur : vérifier l'horloge, et le décalage horaire de chaque date",
    ),
};

/// X19: exactly one of N, R, V.
pub(crate) const CONFIDENTIALITY: Rule = Rule {
    id: "X19",
    meaning: ("the confidentiality codes are not coherent", "les codes de confidentialité ne sont pas cohérents"),
    remedy: (
        "exactly one of N, R and V, and each visibility flag at most once",
        "un seul de N, R et V, et chaque restriction une fois au plus",
    ),
};

/// X20: what was visible stays visible.
pub(crate) const IRREVERSIBLE: Rule = Rule {
    id: "X20",
    meaning: (
        "what the patient or the representatives could see cannot be hidden from them again [EX_2.1-1050]",
        "ce que le patient ou ses représentants ont pu voir ne peut plus leur être caché [EX_2.1-1050]",
    ),
    remedy: (
        "replace the document without the restriction that its former version had not",
        "remplacer le document sans la restriction que sa version précédente n'avait pas",
    ),
};

/// X21: no cumulation.
pub(crate) const CUMULATION: Rule = Rule {
    id: "X21",
    meaning: (
        "invisible to the patient and hidden from professionals at once [EX_2.1-1050]",
        "invisible au patient et masqué aux professionnels à la fois [EX_2.1-1050]",
    ),
    remedy: ("choose one of the two", "choisir l'un des deux"),
};

/// X23: note de vaccination.
pub(crate) const VACCINATION: Rule = Rule {
    id: "X23",
    meaning: (
        "a note de vaccination takes only N [EX_2.1-2005]",
        "une note de vaccination ne prend que N [EX_2.1-2005]",
    ),
    remedy: (
        "leave the visibility of vaccination notes unrestricted",
        "ne pas restreindre la visibilité des notes de vaccination",
    ),
};
