// Package storetest checks that a [store.Store] keeps the contract. The test of a store is one call:
//
//	func TestStore(t *testing.T) {
//		storetest.Run(t, func(t *testing.T) store.Store { return mystore.New(...) })
//	}
//
// and [RunShared] too, if several processes may share the stored connections. It checks neither that the
// store is durable nor that it encrypts, as both can be seen from outside of it only.
package storetest

import (
	"context"
	"crypto/sha256"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/go-pme/pme/connect/store"
	"github.com/go-pme/pme/matterport"
)

// Run checks the stores that newStore makes: empty ones, which it cleans up after with t.Cleanup. A
// store has to have room for eight calls at once.
func Run(t *testing.T, newStore func(t *testing.T) store.Store) {
	for name, check := range map[string]func(*testing.T, store.Store){
		"AttemptComesBackWhole":                attemptComesBackWhole,
		"AttemptIsTakenOnce":                   attemptIsTakenOnce,
		"AttemptOfAnotherGoesOn":               attemptOfAnotherGoesOn,
		"AttemptsOfOnePersonAreBounded":        attemptsOfOnePersonAreBounded,
		"NewAttemptStaysThoughItEndsFirst":     newAttemptStaysThoughItEndsFirst,
		"EndedAttemptsOfAllUsersAreDeleted":    endedAttemptsOfAllUsersAreDeleted,
		"AttemptNeverReplacesAnother":          attemptNeverReplacesAnother,
		"RecordComesBackWhole":                 recordComesBackWhole,
		"TimesAreUTCToTheMicrosecond":          timesAreUTCToTheMicrosecond,
		"RecordWithoutTokensComesBack":         recordWithoutTokensComesBack,
		"AnyTextComesBackOrIsAnError":          anyTextComesBackOrIsAnError,
		"AwkwardIDsAreKeptApart":               awkwardIDsAreKeptApart,
		"ConnectionsOfOnePersonAreBounded":     connectionsOfOnePersonAreBounded,
		"CreateNeverReplacesAnother":           createNeverReplacesAnother,
		"SameIDOfAnotherPersonIsAnother":       sameIDOfAnotherPersonIsAnother,
		"NothingIsShared":                      nothingIsShared,
		"WhatIsNotThereIsNotOnRecord":          whatIsNotThereIsNotOnRecord,
		"ListIsTheirsInOrder":                  listIsTheirsInOrder,
		"DeleteForgets":                        deleteForgets,
		"DeleteUserForgetsAllOfThem":           deleteUserForgetsAllOfThem,
		"EndedContextIsAnErrorOrAnAnswer":      endedContextIsAnErrorOrAnAnswer,
		"UpdateKeepsWhatChangeMade":            updateKeepsWhatChangeMade,
		"UpdateCanTakeTheTokensAway":           updateCanTakeTheTokensAway,
		"LabelChangesAlone":                    labelChangesAlone,
		"FailingChangeChangesNothing":          failingChangeChangesNothing,
		"PanickingChangeFreesTheLock":          panickingChangeFreesTheLock,
		"ChangeThatExitsFreesTheLock":          changeThatExitsFreesTheLock,
		"WaitingUpdateLeavesWithItsContext":    waitingUpdateLeavesWithItsContext,
		"ChangeIsKeptThoughItsTimeIsOver":      changeIsKeptThoughItsTimeIsOver,
		"FailingChangeWhoseTimeIsOver":         failingChangeWhoseTimeIsOver,
		"UpdateDoesNotRunAfterItsContext":      updateDoesNotRunAfterItsContext,
		"OtherCallsDoNotWaitForAnUpdate":       otherCallsDoNotWaitForAnUpdate,
		"UpdatesOfSeveralConnectionsRunAtOnce": updatesOfSeveralConnectionsRunAtOnce,
	} {
		t.Run(name, func(t *testing.T) { check(t, newStore(t)) })
	}
	runPair(t, func(t *testing.T) (a, b store.Store) { s := newStore(t); return s, s })
}

// RunShared checks the pairs of stores that newPair makes, which share what they keep as those of two
// processes do. It does not call [Run].
func RunShared(t *testing.T, newPair func(t *testing.T) (a, b store.Store)) {
	for name, check := range map[string]func(t *testing.T, a, b store.Store){
		"EachSeesWhatTheOtherCommitted": eachSeesWhatTheOtherCommitted,
		"UpdatesRunAtOnceOnBoth":        updatesRunAtOnceOnBoth,
	} {
		t.Run(name, func(t *testing.T) {
			a, b := newPair(t)
			check(t, a, b)
		})
	}
	runPair(t, newPair)
}

// runPair checks what must hold for two stores that share what they keep, and for two users of one.
func runPair(t *testing.T, newPair func(t *testing.T) (a, b store.Store)) {
	for name, check := range map[string]func(t *testing.T, a, b store.Store){
		"AttemptIsTakenOnceAmongMany":        attemptIsTakenOnceAmongMany,
		"AttemptIsTakenOnceAmongStrangers":   attemptIsTakenOnceAmongStrangers,
		"ManyAttemptsAtOnceAreBounded":       manyAttemptsAtOnceAreBounded,
		"ManyConnectionsAtOnceAreBounded":    manyConnectionsAtOnceAreBounded,
		"OneUpdateAtATime":                   oneUpdateAtATime,
		"UpdateWaitsForTheOneBefore":         updateWaitsForTheOneBefore,
		"DeletedDuringAnUpdateStaysDeleted":  deletedDuringAnUpdateStaysDeleted,
		"CreatedAnewDuringAnUpdateIsAnother": createdAnewDuringAnUpdateIsAnother,
		"UserDeletedDuringAnUpdateStaysGone": userDeletedDuringAnUpdateStaysGone,
		"ManyAtOnceLoseNothing":              manyAtOnceLoseNothing,
		"LabelChangesBesideARenewal":         labelChangesBesideARenewal,
	} {
		t.Run(name, func(t *testing.T) {
			a, b := newPair(t)
			check(t, a, b)
		})
	}
}

// start is when all that happens in a test happens, or some time after.
var start = time.Date(2026, 3, 29, 0, 59, 59, 999_999_000, time.UTC)

// patience is how long a check waits for what has to come, and briefly for what must not.
const (
	patience = 20 * time.Second
	briefly  = 100 * time.Millisecond
)

func attempt(id, user string, life time.Duration) *store.PendingAuthorization {
	return &store.PendingAuthorization{
		ID: id, User: user, Proof: proofOf(id), Verifier: "verifier of " + matterport.Secret(id), Ends: start.Add(life),
	}
}

func proofOf(id string) [32]byte { return sha256.Sum256([]byte("proof of " + id)) }

func record(user, id string) *store.Record {
	return &store.Record{
		Key:          store.Key{User: user, ID: id},
		Label:        "label of " + id,
		Scopes:       []matterport.Scope{matterport.ScopeViewDetails},
		Connected:    start,
		RefreshToken: "refresh token of " + matterport.Secret(id),
		AccessToken:  "access token of " + matterport.Secret(id),
		ValidUntil:   start.Add(time.Hour),
	}
}

func begin(t *testing.T, s store.Store, a *store.PendingAuthorization) {
	t.Helper()
	if err := s.Begin(t.Context(), a, 100, start); err != nil {
		t.Fatalf("Begin(%q): %v", a.ID, err)
	}
}

// taken reports whether the attempt was there.
func taken(t *testing.T, s store.Store, user, id string) bool {
	t.Helper()
	a, err := s.Take(t.Context(), id, user, proofOf(id))
	if err == nil && a.ID != id {
		t.Fatalf("Take(%q) returned %q", id, a.ID)
	}
	if err != nil && !errors.Is(err, store.ErrNoRecord) {
		t.Fatalf("Take(%q): %v", id, err)
	}
	return err == nil
}

func create(t *testing.T, s store.Store, records ...*store.Record) {
	t.Helper()
	for _, r := range records {
		if err := s.Create(t.Context(), r, 100); err != nil {
			t.Fatalf("Create(%q): %v", r.Key, err)
		}
	}
}

func get(t *testing.T, s store.Store, k store.Key) *store.Record {
	t.Helper()
	r, err := s.Get(t.Context(), k)
	if err != nil {
		t.Fatalf("Get(%q): %v", k, err)
	}
	return r
}

// update makes a change that has to work.
func update(t *testing.T, s store.Store, k store.Key, change func(r *store.Record)) {
	t.Helper()
	err := s.Update(t.Context(), k, func(_ context.Context, r *store.Record) error { change(r); return nil })
	if err != nil {
		t.Fatalf("Update(%q): %v", k, err)
	}
}

func listed(t *testing.T, s store.Store, user string) (ids []string) {
	t.Helper()
	records, err := s.List(t.Context(), user)
	if err != nil {
		t.Fatalf("List(%q): %v", user, err)
	}
	for _, r := range records {
		if r.User != user {
			t.Errorf("List(%q) has a connection of %q", user, r.User)
		}
		ids = append(ids, r.ID)
	}
	return ids
}

func wantListed(t *testing.T, s store.Store, user string, want ...string) {
	t.Helper()
	if got := listed(t, s, user); !slices.Equal(got, want) {
		t.Errorf("List(%q) has %q, want %q", user, got, want)
	}
}

// want compares as plain text what redacts itself in a diff.
func want(t *testing.T, what string, got, want *store.Record) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
	if got.RefreshToken != want.RefreshToken || got.AccessToken != want.AccessToken {
		t.Errorf("%s: a token has changed", what)
	}
}

func wantErr(t *testing.T, what string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%s: error %v, want %v", what, err, want)
	}
}

// wait waits for something that has to happen.
func wait(t *testing.T, what string, c <-chan struct{}) {
	t.Helper()
	select {
	case <-c:
	case <-time.After(patience):
		t.Fatalf("not within %v: %s", patience, what)
	}
}
