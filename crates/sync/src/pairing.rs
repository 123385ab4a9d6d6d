//! Pairing: from a typed code to everything that a device needs to work.

use crate::tls::PairingTrust;
use crate::{HttpTransport, SyncError, Transport};
use floorbook_protocol::{
    Behind, PROTOCOL_MAX, PROTOCOL_MIN, PairGrant, PairRequest, PairingCode, Purpose, Signed, SignedError, SigningKey,
};

/// What pairing gives.
#[derive(Clone, Debug)]
pub struct Paired {
    /// What headquarters granted.
    pub grant: PairGrant,
    /// The grant as it was signed.
    pub document: Signed,
    /// The authority to trust from now on (DER).
    pub ca_der: Vec<u8>,
}

/// Pairs with the headquarters at `url`. The code's fingerprint is checked before its secret is
/// sent, so a stranger on the network learns nothing that opens a store. A lost answer is no
/// loss: the same code and key give the same grant again.
///
/// # Errors
/// [`SyncError`]: a bad address or code, nobody there, somebody else there, or a refusal.
pub async fn pair(url: &str, code: &str, key: &SigningKey, device_name: &str) -> Result<Paired, SyncError> {
    let code: PairingCode = code.parse().map_err(|_| SyncError::BadCode)?;
    let trust = PairingTrust::new(code.clone());
    let transport = HttpTransport::with_config(url, trust.config()?)?;
    let challenge = greet(&transport).await?;
    let request = PairRequest {
        code: code.secret().to_owned(),
        device_key: key.public(),
        device_name: device_name.to_owned(),
        challenge,
    };
    let request = Signed::seal(Purpose::PairRequest, &request, key).map_err(|_| SyncError::Internal)?;
    let document = transport.pair(&request).await?;
    let grant: PairGrant = document.open_self_signed(Purpose::PairGrant, |grant: &PairGrant| grant.hq_key).map_err(
        |error| match error {
            // The code vouches for who answers: what cannot be read is from a later version, such as a form pack.
            SignedError::Payload(_) => SyncError::Version(Behind::Device),
            SignedError::Encoding | SignedError::Signature => SyncError::Nonsense,
        },
    )?;
    if grant.device_key != key.public() {
        return Err(SyncError::Nonsense);
    }
    let ca_der = trust.authority().ok_or(SyncError::Untrusted)?;
    Ok(Paired { grant, document, ca_der })
}

/// Headquarters' first challenge, where both sides speak a common version.
pub(crate) async fn greet(transport: &impl Transport) -> Result<String, SyncError> {
    let hello = transport.hello().await?;
    hello.common_version(PROTOCOL_MIN..=PROTOCOL_MAX).map_err(SyncError::Version)?;
    Ok(hello.challenge)
}
