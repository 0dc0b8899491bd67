//! Words with which people start what is to be done: the plain forms of common verbs, in alphabetical order.
//!
//! They tell what reads like an action in a list that may also hold talk. The list knows nothing of grammar; a word that
//! is also a noun is on it only when items of to-do lists start with it more often than other items do.

use crate::extract::minutes::words::among;

const VERBS: &str = "\
    accept achieve acquire act adapt add address adjust adopt advance advertise advise agree align \
    allow amend analyse analyze announce answer apply appoint approach approve arrange ask assemble \
    assess assign assist attach attempt attend audit author automate avoid backport ban begin benchmark \
    block book brainstorm bring build bump buy calculate call cancel capture carry celebrate change \
    check choose circulate clarify clean clear close collaborate collect combine comment commit \
    communicate compare compile complete compose conduct configure confirm connect consider consolidate \
    consult contact continue contribute convene convert convince cooperate coordinate copy correct \
    cover craft create cut debug decide decline define delegate delete deliver deploy deprecate derive \
    describe design detail determine develop devise disable discuss distribute do document download \
    draft drive drop edit elaborate elect eliminate email enable encourage engage enhance enquire \
    ensure escalate establish estimate evaluate examine execute expand experiment explain explore \
    export extend extract facilitate fetch figure file fill finalise finalize find finish fix flag \
    focus follow forward freeze gather generate get give go grant handle help hire hold host identify \
    implement import improve include incorporate increase inform initiate inspect install instrument \
    integrate interview introduce investigate invite involve issue iterate join keep kick know land \
    launch learn leave let list locate look lower maintain make manage map mark measure meet mention \
    merge message migrate model modify monitor move name negotiate nominate notify obtain offer onboard \
    open order organise organize outline own package participate pass perform pick pilot pin ping plan \
    play poll port post postpone prepare present prevent print prioritise prioritize produce profile \
    promote prompt propose prototype prove provide publicise publicize publish pull punt purchase push \
    put raise reach read rebase recap receive recommend reconcile reconsider record recruit redesign \
    redirect reduce refactor refer refine refresh register reimplement reject release remind remove \
    rename renew reopen reorganise reorganize repeat replace reply report reproduce request require \
    rerun reschedule research resolve respond restart restore restructure resubmit retire return revert \
    review revise revisit rewrite roll rotate run sanction save schedule scope search secure seek \
    select send separate set settle setup shadow share ship show sign simplify sketch solicit solve \
    sort specify split sponsor stabilise stabilize standardise standardize start state stop store \
    streamline strip study submit subscribe suggest summarise summarize supply support survey swap \
    switch sync synthesise synthesize tag take talk target tell test think tidy time track train \
    transfer transition translate triage trial trigger try tune turn tweak unblock understand undertake \
    unify update upgrade upload use validate verify vet visit volunteer vote wait walk watch work wrap \
    write";

/// Whether `word`, whatever its case, is one that things to do start with.
pub(super) fn is_verb(word: &str) -> bool {
    among(VERBS, &word.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verbs_are_sorted_and_found_in_any_case() {
        assert!(VERBS.split_ascii_whitespace().is_sorted());
        assert!(is_verb("Write") && is_verb("ask") && !is_verb("writing") && !is_verb("the"));
    }
}
