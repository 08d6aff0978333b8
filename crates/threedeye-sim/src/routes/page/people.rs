//! Users and roles, and the forms for more.

use maud::{Markup, html};
use uuid::Uuid;

use super::people_forms::{NewRole, NewUser};
use crate::state::SimState;
use crate::world::{Role, User};

/// How many users are shown.
const SHOWN: usize = 200;

pub(super) fn users(state: &SimState, filled: &NewUser) -> Markup {
    let (total, users) = state.read(|world| {
        let all = world.customers().iter().flat_map(|customer| {
            customer.accounts.iter().map(|account| (account.user.clone(), customer.id == world.ours()))
        });
        (all.clone().count(), all.take(SHOWN).collect::<Vec<(User, bool)>>())
    });
    let roles = state.roles();
    html! {
        section aria-labelledby="users" {
            h2 id="users" { "Users (" (total) ")" }
            @if users.is_empty() { p class="quiet" { "Nobody yet." } } @else { (user_table(&users, &roles)) }
            @if total > users.len() { p class="quiet" { "And " (total - users.len()) " more." } }
            h3 { "One more user" }
            (user_form(filled, &roles))
        }
    }
}

fn user_table(users: &[(User, bool)], roles: &[Role]) -> Markup {
    html! {
        div class="wide" role="region" aria-labelledby="users" tabindex="0" {
            table {
                thead {
                    tr {
                        th scope="col" { "Address" }
                        th scope="col" { "Name" }
                        th scope="col" { "Roles" }
                        th scope="col" { "Whose" }
                        th scope="col" { "Action" }
                        th scope="col" { "Id" }
                    }
                }
                tbody {
                    @for (user, ours) in users {
                        tr {
                            td { (user.email) }
                            td { (user.first_name) " " (user.last_name) }
                            td { (names(user, roles)) }
                            td { @if *ours { "ours" } @else { "foreign" } }
                            td {
                                form method="post" action="/_sim/page/users/delete" {
                                    input type="hidden" name="id" value=(user.id);
                                    button class="small danger" aria-label={ "Delete " (user.email) } { "Delete" }
                                }
                            }
                            td class="id" { (user.id) }
                        }
                    }
                }
            }
        }
    }
}

fn names(user: &User, roles: &[Role]) -> String {
    let held = roles.iter().filter(|role| user.role_ids.contains(&role.id));
    held.map(|role| role.name.as_str()).collect::<Vec<_>>().join(", ")
}

fn user_form(filled: &NewUser, roles: &[Role]) -> Markup {
    html! {
        form class="fields" method="post" action="/_sim/page/users" {
            div {
                label for="email" { "Address" }
                input id="email" name="email" type="email" value=(filled.email) required autocomplete="off";
            }
            div {
                label for="first_name" { "First name" }
                input id="first_name" name="first_name" value=(filled.first_name) placeholder="Sample" autocomplete="off";
            }
            div {
                label for="last_name" { "Last name" }
                input id="last_name" name="last_name" value=(filled.last_name) placeholder="User" autocomplete="off";
            }
            div {
                label for="password" { "Password" }
                input id="password" name="password" type="password" placeholder="the usual one"
                    autocomplete="new-password";
            }
            div {
                label for="whose" { "Whose" }
                select id="whose" name="whose" {
                    option value="ours" { "ours" }
                    option value="foreign" selected[filled.whose == "foreign"] { "of another customer" }
                }
            }
            div {
                label for="role" { "Role" }
                select id="role" name="role" {
                    option value="" { "none" }
                    @for role in roles { option value=(role.id) selected[is(&filled.role, role.id)] { (role.name) } }
                }
            }
            div { button class="main" { "Add the user" } }
        }
    }
}

fn is(text: &str, id: Uuid) -> bool {
    Uuid::try_parse(text) == Ok(id)
}

pub(super) fn roles(state: &SimState, filled: &NewRole) -> Markup {
    let (roles, users) = (state.roles(), state.users());
    let members = |role: &Role| users.iter().filter(|user| user.role_ids.contains(&role.id)).count();
    html! {
        section aria-labelledby="roles" {
            h2 id="roles" { "Roles (" (roles.len()) ")" }
            @if roles.is_empty() {
                p class="quiet" { "None yet." }
            } @else {
                div class="wide" role="region" aria-labelledby="roles" tabindex="0" {
                    table {
                        thead {
                            tr {
                                th scope="col" { "Name" }
                                th scope="col" { "Description" }
                                th scope="col" { "Members" }
                                th scope="col" { "Id" }
                            }
                        }
                        tbody {
                            @for role in &roles {
                                tr {
                                    td { (role.name) }
                                    td { (role.description.as_deref().unwrap_or_default()) }
                                    td class="number" { (members(role)) }
                                    td class="id" { (role.id) }
                                }
                            }
                        }
                    }
                }
            }
            h3 { "One more role" }
            form class="fields" method="post" action="/_sim/page/roles" {
                div {
                    label for="name" { "Name" }
                    input id="name" name="name" value=(filled.name) required autocomplete="off";
                }
                div {
                    label for="description" { "Description" }
                    input id="description" name="description" value=(filled.description) autocomplete="off";
                }
                div { button class="main" { "Add the role" } }
            }
        }
    }
}
