//! The choices of access-rules.md §17: the values of each switch.

/// One enumeration of values, each with the name that access-rules.md §17 gives it.
macro_rules! choices {
    ($(#[$about:meta])* $name:ident { $($(#[$meaning:meta])* $value:ident = $text:literal),+ $(,)? }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
        pub enum $name { $($(#[$meaning])* $value),+ }

        impl $name {
            /// The value of that name.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$value),)+ _ => None }
            }

            /// Its name.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$value => $text),+ }
            }
        }
    };
}

choices! {
    /// Masked documents in an emergency (C-01).
    MaskedEmergency {
        /// Readable when the holder's consent MASKED says so.
        #[default] HolderConsent = "holder_consent",
        /// Always readable.
        Always = "always",
        /// Never readable.
        Never = "never",
    }
}
choices! {
    /// What a blocked author keeps of his own documents (C-02, OWN-09).
    BlockedAuthor {
        /// Reading and deletion, masked or not.
        #[default] KeepsOwn = "keeps_own",
        /// Reading and deletion of those that are not masked.
        KeepsOwnUnmasked = "keeps_own_unmasked",
        /// Nothing.
        LosesAll = "loses_all",
    }
}
choices! {
    /// When INVISIBLE_PATIENT ends by itself (C-03, VIS-10, VIS-11).
    VisibilityCalendar {
        /// Notice after one month, visible after three.
        #[default] Segur = "Segur",
        /// Notice after two weeks, visible after one month.
        R1111_53 = "R1111_53",
        /// Never: only a professional makes it visible.
        None = "None",
    }
}
choices! {
    /// Deleted documents (C-08, LIF-05, LIF-06).
    DeletedDocuments {
        /// As if they did not exist.
        #[default] Hidden = "hidden",
        /// In no search, readable by their uniqueId.
        RetrieveOnly = "retrieve_only",
        /// In searches too.
        Listed = "listed",
    }
}
choices! {
    /// When an author without a valid authorisation reads his own documents (C-16).
    AuthorRead {
        /// Only when he is blocked.
        #[default] BlockedOnly = "blocked_only",
        /// Always.
        Always = "always",
        /// Not even when he is blocked.
        Never = "never",
    }
}
choices! {
    /// What the holder's oppositions to emergency accesses stop (C-18, EMG-01, EMG-02).
    EmergencyScope {
        /// Everything but TD0.2, reference searches and deletion.
        #[default] AllButExistsAndDelete = "all_but_exists_and_delete",
        /// TD1.3a, TD3.1, TD3.2.
        ReadOnly = "read_only",
    }
}
choices! {
    /// How the refusal of a functional right travels (C-19).
    RightsCarrier {
        /// C3 on every service.
        #[default] Fault = "fault",
        /// The carrier of the service: C4, C5 or C6.
        Service = "service",
    }
}
choices! {
    /// A document that the matrix denies, in a search (C-24).
    MatrixDenied {
        /// Left out.
        #[default] Filter = "filter",
        /// Listed; refused by TD3.2.
        ListMetadata = "list_metadata",
    }
}
choices! {
    /// Cells of the reading matrix that are not known (MAT-02, MAT-03).
    MatrixUnknown {
        /// Readable, with a warning in the journal.
        #[default] AllowWarn = "allow_warn",
        /// Readable.
        Allow = "allow",
        /// Not readable.
        Deny = "deny",
    }
}
choices! {
    /// What happens when a rule without a firm text is broken.
    OnBreach {
        /// Refused.
        #[default] Refuse = "refuse",
        /// Journalled.
        Warn = "warn",
        /// Nothing.
        Ignore = "ignore",
    }
}
