//! The choices of access-rules.md §17: the values of each switch, and setting one by its name.

use super::ServerSwitches;

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

/// A switch that cannot be set.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SwitchError {
    /// No switch has that name.
    #[error("no switch is called {0:?}; the names are those of access-rules.md §17")]
    Unknown(String),
    /// The switch has no such value.
    #[error("{name} cannot be {value:?}; expected {expected}")]
    Value {
        /// The switch.
        name: String,
        /// What was given.
        value: String,
        /// What it takes.
        expected: &'static str,
    },
}

impl ServerSwitches {
    /// Sets a switch of access-rules.md §17 by its name: `matrix_unknown` to `deny`.
    ///
    /// # Errors
    /// [`SwitchError`]: no switch of that name, or no such value.
    pub fn set(&mut self, name: &str, value: &str) -> Result<(), SwitchError> {
        self.set_choice(name, value).or_else(|error| match error {
            SwitchError::Unknown(_) => self.set_flag(name, value),
            error => Err(error),
        })
    }

    fn set_choice(&mut self, name: &str, value: &str) -> Result<(), SwitchError> {
        macro_rules! choice {
            ($field:ident, $kind:ident, $expected:literal) => {
                self.$field = $kind::parse(value).ok_or_else(|| wrong(stringify!($field), value, $expected))?
            };
        }
        match name {
            "masked_emergency_policy" => {
                choice!(masked_emergency_policy, MaskedEmergency, "holder_consent, always or never");
            }
            "blocked_author" => choice!(blocked_author, BlockedAuthor, "keeps_own, keeps_own_unmasked or loses_all"),
            "visibility_calendar" => choice!(visibility_calendar, VisibilityCalendar, "Segur, R1111_53 or None"),
            "deleted_documents" => choice!(deleted_documents, DeletedDocuments, "hidden, retrieve_only or listed"),
            "author_read_without_grant" => {
                choice!(author_read_without_grant, AuthorRead, "blocked_only, always or never");
            }
            "emergency_opposition_scope" => {
                choice!(emergency_opposition_scope, EmergencyScope, "all_but_exists_and_delete or read_only");
            }
            "rights_carrier" => choice!(rights_carrier, RightsCarrier, "fault or service"),
            "matrix_denied_search" => choice!(matrix_denied_search, MatrixDenied, "filter or list_metadata"),
            "matrix_unknown" => choice!(matrix_unknown, MatrixUnknown, "allow_warn, allow or deny"),
            "bdg_with_valid_grant" => choice!(bdg_with_valid_grant, OnBreach, "warn, refuse or ignore"),
            "secret_on_adult" => choice!(secret_on_adult, OnBreach, "refuse or ignore"),
            "rl_code_on_adult" => choice!(rl_code_on_adult, OnBreach, "warn, refuse or ignore"),
            "search_threshold" => {
                self.search_threshold = match value {
                    "off" => None,
                    calls => {
                        Some(calls.parse().map_err(|_| wrong("search_threshold", value, "off, or calls per minute"))?)
                    }
                }
            }
            "grant_months" => {
                self.grant_months = value.parse().map_err(|_| wrong("grant_months", value, "a number of months"))?;
            }
            _ => return Err(SwitchError::Unknown(name.chars().take(64).collect())),
        }
        Ok(())
    }

    fn set_flag(&mut self, name: &str, value: &str) -> Result<(), SwitchError> {
        let (field, on, off) = match name {
            "blocked_feed" => (&mut self.blocked_feed, "allow", "refuse"),
            "blocked_emergency" => (&mut self.blocked_emergency, "allow", "refuse"),
            "deceased_feed" => (&mut self.deceased_feed, "allow", "refuse"),
            "mt_role_by_lps" => (&mut self.mt_role_by_lps, "allow", "refuse"),
            "administrator_rights" => (&mut self.administrator_as_mt, "as_mt", "read"),
            "air_author_match" => (&mut self.air_author_by_structure, "person_or_structure", "person"),
            "author_refusal" => (&mut self.author_refusal_as_fault, "C3", "C6"),
            "denied_retrieve" => (&mut self.explicit_denied_retrieve, "explicit", "not_found"),
            "verdict_header" => (&mut self.verdict_header, "on", "off"),
            "air_allow_non_ps" => (&mut self.air_allow_non_ps, "on", "off"),
            "non_ps_consultation" => (&mut self.non_ps_consultation, "true", "false"),
            "unmask_by_author" => (&mut self.unmask_by_author, "true", "false"),
            "archive_by_any_medecin" => (&mut self.archive_by_any_medecin, "true", "false"),
            "structure_grant_covers_members" => (&mut self.structure_grant_covers_members, "true", "false"),
            "mt_grant_expires" => (&mut self.mt_grant_expires, "true", "false"),
            "holder_grant_expires" => (&mut self.holder_grant_expires, "true", "false"),
            "archive_needs_grant" => (&mut self.archive_needs_grant, "true", "false"),
            "irreversible_visibility" => (&mut self.irreversible_visibility, "true", "false"),
            "cumul_invisible_patient_masque_ps" => (&mut self.cumul_invisible_patient_masque_ps, "true", "false"),
            _ => return Err(SwitchError::Unknown(name.chars().take(64).collect())),
        };
        let expected = match on {
            "true" => "true or false",
            "on" => "on or off",
            "allow" => "allow or refuse",
            _ => "one of its two values",
        };
        *field = match value {
            value if value == on => true,
            value if value == off => false,
            value => return Err(wrong(name, value, expected)),
        };
        Ok(())
    }
}

fn wrong(name: &str, value: &str, expected: &'static str) -> SwitchError {
    SwitchError::Value { name: name.to_owned(), value: value.chars().take(64).collect(), expected }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn switches_are_set_by_the_names_of_the_page() {
        let mut switches = ServerSwitches::default();
        for (name, value) in [
            ("masked_emergency_policy", "never"),
            ("blocked_author", "loses_all"),
            ("visibility_calendar", "R1111_53"),
            ("search_threshold", "60"),
            ("administrator_rights", "as_mt"),
            ("rights_carrier", "service"),
            ("irreversible_visibility", "false"),
        ] {
            assert_eq!(switches.set(name, value), Ok(()), "{name}");
        }
        assert_eq!(switches.masked_emergency_policy, MaskedEmergency::Never);
        assert_eq!(switches.search_threshold, Some(60));
        assert!(switches.administrator_as_mt && !switches.irreversible_visibility);
        assert_eq!(switches.blocked_author.name(), "loses_all");
        for (name, value) in [("matrix_unknown", "maybe"), ("search_threshold", "-1"), ("mt_role_by_lps", "yes")] {
            let before = switches.clone();
            assert!(matches!(switches.set(name, value), Err(SwitchError::Value { .. })), "{name}");
            assert_eq!(switches, before);
        }
        assert_eq!(switches.set("nothing", "true"), Err(SwitchError::Unknown("nothing".into())));
    }
}
