//! The side of the device: it opens a page, waits for what a phone does with it, and says what became of that.

use crate::Hq;
use crate::intake::BatchRequest;
use crate::problem::Refused;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use floorbook_model::{BatchId, DeviceId};
use floorbook_protocol::{PhoneAnswer, PhoneForm, PhoneRequest, PhoneSaid, ProblemKind, Purpose, Signed, path};

/// Bytes of a form in JSON: several times what the lint of packs lets a notice and its questions take.
const FORM_BYTES_MAX: usize = 32 << 10;
const TOKEN_BYTES: usize = 16;

/// A request that is what it says.
pub(crate) struct PhoneCall {
    device: DeviceId,
    batch: BatchId,
    request: PhoneRequest,
}

impl Hq {
    /// Reads and verifies what a device wants of its page.
    pub(crate) fn read_phone(&self, request: &BatchRequest) -> Result<PhoneCall, Refused> {
        let opened = self.opened_batch(path::PHONE, request)?;
        let request = opened.only_line()?;
        if let PhoneRequest::Open(form) = &request
            && serde_json::to_vec(form)?.len() > FORM_BYTES_MAX
        {
            return Err(ProblemKind::TooLarge.into());
        }
        Ok(PhoneCall { device: opened.device.id, batch: opened.batch, request })
    }

    /// Answers it, once there is something to say.
    pub(crate) async fn answer_phone(&self, call: PhoneCall) -> Result<Signed, Refused> {
        let PhoneCall { device, batch, request } = call;
        let now_ms = self.clock.now().steady_ms;
        let said = match request {
            PhoneRequest::Open(form) => self.open_page(device, form, now_ms),
            PhoneRequest::Wait { page, verdict } => self.pages.wait(&page, device, verdict, now_ms).await,
            PhoneRequest::Close { page } => {
                self.pages.close(&page, device);
                PhoneSaid::Closed
            }
        };
        Ok(Signed::seal(Purpose::Phone, &PhoneAnswer { device, request: batch, said }, &self.keys.signing)?)
    }

    fn open_page(&self, device: DeviceId, form: PhoneForm, now_ms: u64) -> PhoneSaid {
        let mut token = [0; TOKEN_BYTES];
        self.rng.fill(&mut token);
        self.pages.open(&URL_SAFE_NO_PAD.encode(token), device, form, now_ms)
    }
}
