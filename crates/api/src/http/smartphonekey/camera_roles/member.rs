//! Who is to be put into a camera role, or taken out of it.

use portcullis_domain::ids::{CameraRoleId, UserId};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::http::smartphonekey::json::Faults;
use crate::http::smartphonekey::path::Id;
use crate::http::smartphonekey::problem::Problem;

/// The person.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = CameraRoleMember)]
pub(super) struct Body {
    /// The person.
    #[schema(value_type = String, format = Uuid, example = "0190163d-8694-739b-aea5-5966c26f8ad2")]
    user_id: Option<String>,
}

impl Body {
    pub(super) fn try_into_member(self, id: &Id) -> Result<(CameraRoleId, UserId), Problem> {
        let mut faults = Faults::default();
        let role = faults.required("id", Some(id.text()), CameraRoleId::parse);
        let user = faults.required("userId", self.user_id, |text| UserId::parse(&text));
        faults.check(role.zip(user))
    }
}
