//! What a person has a right to at 3dEye, and to what not.

use std::collections::{BTreeMap, BTreeSet};

use portcullis_domain::ids::{ThreeDEyeRoleId, ThreeDEyeUserId};
use portcullis_domain::threedeye::{AccountState, MappingState};

#[derive(Debug, Default)]
pub(super) struct Person {
    pub(super) address: String,
    /// Does somebody stand for the address, we included, who made the account for it?
    pub(super) stands: bool,
    /// Address and account of our mapping.
    row: Option<(String, Option<ThreeDEyeUserId>)>,
    /// Is our mapping out of use? Then an operator who only clears gives up whatever it leads to.
    stale: bool,
    /// Is the account of our mapping known to be gone? Then it leads to none.
    gone: bool,
    /// Roles that wait to be restored.
    saved: BTreeSet<ThreeDEyeRoleId>,
    /// Roles of accounts that are gone; they must be at the present one or wait to be restored.
    owed: BTreeSet<ThreeDEyeRoleId>,
    /// Roles somebody was told are not restored, and when.
    dropped: BTreeMap<ThreeDEyeRoleId, u64>,
    /// Roles of accounts that were deleted by an operator's order without a sign that they were the person's.
    alien: BTreeSet<ThreeDEyeRoleId>,
    /// Roles the person was taken out of, and when that was told.
    out: BTreeMap<ThreeDEyeRoleId, u64>,
}

impl Person {
    /// What our rows tell now.
    pub(super) fn learns(&mut self, state: &AccountState) {
        let row = state.mapping.as_ref();
        self.row = row.map(|row| (row.email.as_str().to_owned(), row.threedeye_user.clone()));
        self.stale = row.is_some_and(|row| row.state == MappingState::Stale);
        self.gone = row.is_some_and(|row| row.state == MappingState::Stale && row.threedeye_user.is_none());
        self.saved = state.recovery.iter().flatten().cloned().collect();
    }

    pub(super) const fn has_stale_row(&self) -> bool {
        self.stale
    }

    /// The address of our mapping, as it was told last.
    pub(super) fn mapped(&self) -> Option<&str> {
        self.row.as_ref().map(|(address, _)| address.as_str())
    }

    /// May the person take what has the address at present?
    pub(super) fn may_claim(&self) -> bool {
        self.stands || self.mapped() == Some(self.address.as_str())
    }

    /// Is an account made for this address looked for there?
    pub(super) fn expects(&self, address: &str) -> bool {
        self.mapped().filter(|_| !self.gone).unwrap_or(&self.address) == address
    }

    /// Does anything lead from the person to the account?
    pub(super) fn leads_to(&self, id: &ThreeDEyeUserId, address: &str) -> bool {
        match &self.row {
            Some((_, Some(known))) if known == id => true,
            Some((made_for, None)) if made_for == address && !self.gone => true,
            Some((made_for, _)) => made_for == address && self.address == address,
            None => self.address == address,
        }
    }

    pub(super) fn owed(&self) -> &BTreeSet<ThreeDEyeRoleId> {
        &self.owed
    }

    /// Roles owed that neither wait nor are among these.
    pub(super) fn lost(&self, held: &[ThreeDEyeRoleId]) -> Vec<String> {
        let lost = self.owed.iter().filter(|role| !self.saved.contains(role) && !held.contains(role));
        lost.map(ToString::to_string).collect()
    }

    /// The roles of an account that is gone follow the person.
    pub(super) fn follows(&mut self, roles: Vec<ThreeDEyeRoleId>) {
        self.alien.retain(|role| !roles.contains(role));
        self.owed.extend(roles);
    }

    /// They do not, unless they are the person's already.
    pub(super) fn does_not_follow(&mut self, roles: Vec<ThreeDEyeRoleId>) {
        let known = |role: &ThreeDEyeRoleId| self.saved.contains(role) || self.owed.contains(role);
        let alien: Vec<_> = roles.into_iter().filter(|role| !known(role)).collect();
        self.alien.extend(alien);
    }

    pub(super) fn is_not_owed(&mut self, role: &ThreeDEyeRoleId) {
        self.owed.remove(role);
    }

    /// Somebody was told that these are not restored; they are owed no longer, but where the account has them.
    pub(super) fn drops(&mut self, roles: &[ThreeDEyeRoleId], held: &[ThreeDEyeRoleId], now: u64) {
        self.dropped.extend(roles.iter().map(|role| (role.clone(), now)));
        self.owed.retain(|role| held.contains(role) || !roles.contains(role));
    }

    /// Were they dropped since?
    pub(super) fn dropped(&self, role: &ThreeDEyeRoleId, since: u64) -> bool {
        self.dropped.get(role).is_some_and(|dropped| *dropped > since)
    }

    /// Nobody knows any more of an account with these.
    pub(super) fn leaves_behind(&mut self, roles: &[ThreeDEyeRoleId]) {
        self.owed.retain(|role| self.saved.contains(role) || !roles.contains(role));
    }

    pub(super) fn may_be_given(&self, role: &ThreeDEyeRoleId) -> bool {
        !self.alien.contains(role)
    }

    /// Others give the role to whomever they like.
    pub(super) fn may_have(&mut self, role: &ThreeDEyeRoleId) {
        self.alien.remove(role);
    }

    /// The person was taken out of the role.
    pub(super) fn is_out_of(&mut self, role: &ThreeDEyeRoleId, now: u64) {
        self.out.insert(role.clone(), now);
    }

    /// The person is given the role, or may be.
    pub(super) fn is_in_again(&mut self, role: &ThreeDEyeRoleId) {
        self.out.remove(role);
    }

    /// Does a call of whoever held the job then give the role back to somebody taken out of it? One that was under way
    /// before cannot be called back.
    pub(super) fn brought_back(&mut self, role: &ThreeDEyeRoleId, held: u64) -> bool {
        let Some(out) = self.out.get(role).copied() else { return false };
        if held <= out {
            self.out.remove(role);
        }
        held > out
    }

    /// Of these the roles the person was taken out of.
    pub(super) fn must_not_have(&self, roles: &[ThreeDEyeRoleId]) -> Vec<String> {
        roles.iter().filter(|role| self.out.contains_key(role)).map(ToString::to_string).collect()
    }
}
