//! The keys of the traces, and what is done with them. The algorithms are those of aws-lc-rs: AES-256-GCM seals the lines,
//! HMAC-SHA-256 chains them and makes the look-ups, HKDF-SHA-256 derives one key for each use from the vendor's.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use aws_lc_rs::hkdf::{HKDF_SHA256, KeyType, Prk, Salt};
use aws_lc_rs::hmac;
use zeroize::Zeroizing;

/// Length of a key, bytes.
pub const KEY_LENGTH: usize = 32;

/// Look-up of a person or a document: says that two lines are about the same, and not about whom.
pub type Tag = [u8; 16];

/// The keys of the traces. The secret comes from the vendor (a safe, an HSM) and is kept as long as the traces: ten years
/// and more in AIR. A lost secret makes its lines unreadable for ever.
///
/// Lines are written under the current number and read under any that is known: to change the secret, give the new one
/// and keep the former ones beside it.
#[derive(Clone)]
pub struct TraceKeys {
    current: u32,
    keys: Arc<BTreeMap<u32, Keys>>,
}

struct Keys {
    seal: RandomizedNonceKey,
    tags: hmac::Key,
    chain: hmac::Key,
}

/// A key that cannot be used, or a line that it does not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TraceKeyError {
    /// A line was sealed under a number that is not among the keys.
    #[error("the traces need the key number {0}, which was not given: TraceKeys::with_former")]
    Unknown(u32),
    /// The line was altered, or another secret has that number.
    #[error("a trace cannot be opened: it was altered, or the key of this number is another one")]
    Unopened,
    /// The library refuses.
    #[error("the cryptographic library refuses to work")]
    Refused,
}

impl TraceKeys {
    /// One secret of 32 random bytes, under a number of the vendor's choice.
    ///
    /// # Errors
    /// The library refuses.
    pub fn new(number: u32, secret: &[u8; KEY_LENGTH]) -> Result<Self, TraceKeyError> {
        Ok(Self { current: number, keys: Arc::new(BTreeMap::from([(number, Keys::derive(secret)?)])) })
    }

    /// A former secret, to read what was written under it. Give them all before the keys are used.
    ///
    /// # Errors
    /// The library refuses, or the keys are in use already.
    pub fn with_former(mut self, number: u32, secret: &[u8; KEY_LENGTH]) -> Result<Self, TraceKeyError> {
        let keys = Arc::get_mut(&mut self.keys).ok_or(TraceKeyError::Refused)?;
        keys.entry(number).or_insert(Keys::derive(secret)?);
        Ok(self)
    }

    pub(super) fn current(&self) -> u32 {
        self.current
    }

    /// The look-up of a value under the current key.
    pub(super) fn tag(&self, kind: &'static str, value: &str) -> Result<Tag, TraceKeyError> {
        Ok(self.get(self.current)?.tag(kind, value))
    }

    /// The look-ups of a value under every key.
    pub(super) fn tags(&self, kind: &'static str, value: &str) -> Vec<Tag> {
        self.keys.values().map(|keys| keys.tag(kind, value)).collect()
    }

    /// Seals under the current key: nonce, then ciphertext and its mark.
    pub(super) fn seal(&self, bound: &[u8], plain: Vec<u8>) -> Result<Vec<u8>, TraceKeyError> {
        let mut sealed = plain;
        let key = &self.get(self.current)?.seal;
        let nonce = key.seal_in_place_append_tag(Aad::from(bound), &mut sealed).map_err(|_| TraceKeyError::Refused)?;
        Ok([nonce.as_ref().as_slice(), &sealed].concat())
    }

    pub(super) fn open(&self, number: u32, bound: &[u8], sealed: &[u8]) -> Result<Vec<u8>, TraceKeyError> {
        let (nonce, sealed) = sealed.split_at_checked(NONCE_LEN).ok_or(TraceKeyError::Unopened)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| TraceKeyError::Unopened)?;
        let mut plain = sealed.to_vec();
        let opened = self.get(number)?.seal.open_in_place(nonce, Aad::from(bound), &mut plain);
        let length = opened.map_err(|_| TraceKeyError::Unopened)?.len();
        plain.truncate(length);
        Ok(plain)
    }

    /// A code over parts, each with its length.
    pub(super) fn code(&self, number: u32, parts: &[&[u8]]) -> Result<[u8; 32], TraceKeyError> {
        Ok(mac(&self.get(number)?.chain, parts))
    }

    fn get(&self, number: u32) -> Result<&Keys, TraceKeyError> {
        self.keys.get(&number).ok_or(TraceKeyError::Unknown(number))
    }
}

impl Keys {
    fn derive(secret: &[u8; KEY_LENGTH]) -> Result<Self, TraceKeyError> {
        let root = Salt::new(HKDF_SHA256, b"dmp-lps traces 1").extract(secret);
        let seal = derived(&root, b"seal")?;
        Ok(Self {
            seal: RandomizedNonceKey::new(&AES_256_GCM, &*seal).map_err(|_| TraceKeyError::Refused)?,
            tags: hmac::Key::new(hmac::HMAC_SHA256, &*derived(&root, b"look-up")?),
            chain: hmac::Key::new(hmac::HMAC_SHA256, &*derived(&root, b"chain")?),
        })
    }

    fn tag(&self, kind: &'static str, value: &str) -> Tag {
        let whole = mac(&self.tags, &[kind.as_bytes(), value.as_bytes()]);
        let mut tag = Tag::default();
        tag.iter_mut().zip(whole).for_each(|(kept, byte)| *kept = byte);
        tag
    }
}

/// A key of [`KEY_LENGTH`] bytes.
struct Length;

impl KeyType for Length {
    fn len(&self) -> usize {
        KEY_LENGTH
    }
}

fn derived(root: &Prk, used_for: &[u8]) -> Result<Zeroizing<[u8; KEY_LENGTH]>, TraceKeyError> {
    let mut key = Zeroizing::new([0; KEY_LENGTH]);
    let filled = root.expand(&[used_for], Length).and_then(|made| made.fill(&mut *key));
    filled.map(|()| key).map_err(|_| TraceKeyError::Refused)
}

fn mac(key: &hmac::Key, parts: &[&[u8]]) -> [u8; 32] {
    let mut context = hmac::Context::with_key(key);
    for part in parts {
        context.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        context.update(part);
    }
    let mut code = [0; 32];
    code.iter_mut().zip(context.sign().as_ref()).for_each(|(kept, byte)| *kept = *byte);
    code
}

impl fmt::Debug for TraceKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TraceKeys").field("current", &self.current).finish_non_exhaustive()
    }
}
