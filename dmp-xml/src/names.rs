//! Expanded names, attributes and start tags.

/// A name with its prefix and namespace; the namespace is empty when there is none.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Name {
    /// Prefix as written, empty for none.
    pub prefix: String,
    /// Local part.
    pub local: String,
    /// Namespace URI, empty for none.
    pub namespace: String,
}

impl Name {
    /// Whether this is the expanded name `{namespace}local`; prefixes do not count.
    #[must_use]
    pub fn is(&self, namespace: &str, local: &str) -> bool {
        self.local == local && self.namespace == namespace
    }
}

/// One attribute, its value normalised; namespace declarations are not attributes.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Attribute {
    /// Expanded name.
    pub name: Name,
    /// Value after reference expansion and white-space normalisation.
    pub value: String,
}

impl std::fmt::Debug for Attribute {
    /// Values may hold an INS or a name: only the attribute's name is shown.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "@{}", self.name.local)
    }
}

/// `xmlns:prefix="uri"`; the prefix is empty for the default namespace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamespaceDeclaration {
    /// Prefix, empty for the default namespace.
    pub prefix: String,
    /// URI, empty to switch the default namespace off.
    pub uri: String,
}

/// A start tag: name, attributes in document order, namespaces declared on it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StartTag {
    /// Expanded name.
    pub name: Name,
    /// Attributes in document order, without namespace declarations.
    pub attributes: Vec<Attribute>,
    /// Namespaces declared on this tag, in document order.
    pub namespaces: Vec<NamespaceDeclaration>,
}

impl StartTag {
    /// Value of the attribute in no namespace of that name.
    #[must_use]
    pub fn attr(&self, local: &str) -> Option<&str> {
        self.attr_ns("", local)
    }

    /// Value of the attribute of that expanded name.
    #[must_use]
    pub fn attr_ns(&self, namespace: &str, local: &str) -> Option<&str> {
        self.attributes.iter().find(|a| a.name.is(namespace, local)).map(|a| a.value.as_str())
    }
}
