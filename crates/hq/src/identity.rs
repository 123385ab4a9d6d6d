//! What a headquarters is: the keys that it signs with, its authority, and its server certificate.

use crate::HqError;
use crate::archive::{Transaction, values};
use crate::certificates::{Certified, Leaf};
use floorbook_model::Rng;
use floorbook_protocol::SigningKey;
use zeroize::Zeroizing;

/// What headquarters is known by.
pub(crate) struct Keys {
    pub(crate) signing: SigningKey,
    pub(crate) challenge: Zeroizing<[u8; 32]>,
    pub(crate) ca_der: Vec<u8>,
}

/// Makes the keys, and keeps them with the certificates.
pub(crate) fn insert(
    tx: &dyn Transaction,
    authority: &Certified,
    leaf: &Leaf,
    names: &[String],
    rng: &dyn Rng,
) -> Result<(), HqError> {
    let (mut signing_seed, mut challenge_key) = (Zeroizing::new([0; 32]), Zeroizing::new([0; 32]));
    rng.fill(&mut *signing_seed);
    rng.fill(&mut *challenge_key);
    tx.execute(
        "INSERT INTO headquarters (one, signing_seed, challenge_key, ca_certificate, ca_key, host_names,
             leaf_certificate, leaf_key, leaf_ends_ms)
         VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        values![
            &tx.seal("signing_seed", &*signing_seed),
            &tx.seal("challenge_key", &*challenge_key),
            &authority.certificate,
            &tx.seal("ca_key", &authority.key),
            &serde_json::to_string(names)?,
            &leaf.certified.certificate,
            &tx.seal("leaf_key", &leaf.certified.key),
            leaf.ends_ms
        ],
    )?;
    Ok(())
}

/// Whether there is one.
pub(crate) fn is_there(tx: &dyn Transaction) -> Result<bool, HqError> {
    Ok(tx.first("SELECT 1 FROM headquarters", &[], |_| Ok(()))?.is_some())
}

/// # Errors
/// [`HqError::Empty`] when there is none.
pub(crate) fn read_keys(tx: &dyn Transaction) -> Result<Keys, HqError> {
    let sql = "SELECT signing_seed, challenge_key, ca_certificate FROM headquarters";
    let kept = tx.first(sql, &[], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    let (seed, challenge, ca_der) = kept.ok_or(HqError::Empty)?;
    let signing = SigningKey::from_seed(&*unseal_key(tx, "signing_seed", seed)?);
    Ok(Keys { signing, challenge: unseal_key(tx, "challenge_key", challenge)?, ca_der })
}

fn unseal_key(tx: &dyn Transaction, name: &str, kept: Vec<u8>) -> Result<Zeroizing<[u8; 32]>, HqError> {
    let plain = tx.unseal(name, kept)?;
    Ok(Zeroizing::new(plain.as_slice().try_into().map_err(|_| HqError::Broken("headquarters"))?))
}

/// The server certificate, and what another one is made of.
pub(crate) struct Shown {
    pub(crate) leaf: Leaf,
    /// Names that it is for.
    pub(crate) names: Vec<String>,
    /// Key of the authority.
    pub(crate) ca_key: Zeroizing<Vec<u8>>,
}

pub(crate) fn read_leaf(tx: &dyn Transaction) -> Result<Shown, HqError> {
    let sql = "SELECT leaf_certificate, leaf_key, leaf_ends_ms, host_names, ca_key FROM headquarters";
    let (certificate, key, ends_ms, names, ca_key) = tx.one("headquarters", sql, &[], |row| {
        Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get::<String>(3)?, row.get(4)?))
    })?;
    let certified = Certified { certificate, key: tx.unseal("leaf_key", key)?.to_vec() };
    let leaf = Leaf { certified, ends_ms };
    Ok(Shown { leaf, names: serde_json::from_str(&names)?, ca_key: tx.unseal("ca_key", ca_key)? })
}

pub(crate) fn update_leaf(tx: &dyn Transaction, leaf: &Leaf) -> Result<(), HqError> {
    let Leaf { certified: Certified { certificate, key }, ends_ms } = leaf;
    let sql = "UPDATE headquarters SET leaf_certificate = ?1, leaf_key = ?2, leaf_ends_ms = ?3";
    tx.execute(sql, values![certificate, &tx.seal("leaf_key", key), *ends_ms])?;
    Ok(())
}
