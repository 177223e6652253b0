package webhook_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/go-pme/pme/event"
	"github.com/go-pme/pme/handler/webhook"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/matterport/matterporttest"
)

const (
	lookedAt   = 2 * time.Second // an event has led to a look
	summarized = 2 * time.Minute // what was counted has been told
)

func TestTokensEndWithTheirModel(t *testing.T) {
	for name, tc := range map[string]struct {
		change func(*matterporttest.Server)
		kind   string
		ends   bool
	}{
		"deleted":                        {func(m *matterporttest.Server) { m.RemoveModel(office) }, "deleted", true},
		"transferred":                    {func(m *matterporttest.Server) { m.RemoveModel(office) }, "transferred_out", true},
		"inactive":                       {func(m *matterporttest.Server) { m.AddModel(matterporttest.Model{ID: office, Inactive: true}) }, "activation_state_changed", true},
		"inactive, told by its state":    {func(m *matterporttest.Server) { m.AddModel(matterporttest.Model{ID: office, State: "inactive"}) }, "activation_state_changed", true},
		"gone, by another event":         {func(m *matterporttest.Server) { m.RemoveModel(office) }, "created", true},
		"gone, by a type that is new":    {func(m *matterporttest.Server) { m.RemoveModel(office) }, "exploded", true},
		"there, and said to be deleted":  {func(*matterporttest.Server) {}, "deleted", false},
		"there, in a state that is new":  {func(m *matterporttest.Server) { m.AddModel(matterporttest.Model{ID: office, State: "resting"}) }, "deleted", false},
		"there, and being processed":     {func(m *matterporttest.Server) { m.AddModel(matterporttest.Model{ID: office, State: "processing"}) }, "processed", false},
		"there, and said to be inactive": {func(*matterporttest.Server) {}, "activation_state_changed", false},
	} {
		t.Run(name, func(t *testing.T) {
			at(t, nil, func(s *site) {
				alone, both, other := s.open("alice", office), s.open("bob", office, warehouse), s.open("bob", warehouse)
				tc.change(s.matterport)
				s.event(tc.kind, office)
				s.pass(lookedAt)
				s.wantLooks(1)
				s.wantLive(alone, !tc.ends)
				s.wantLive(both, !tc.ends)
				s.wantLive(other, true)
				if revoked := s.of(event.TokensRevoked); tc.ends != (len(revoked) == 1 && revoked[0].Reason == "webhook" && revoked[0].Count == 2) {
					t.Errorf("%+v", revoked)
				}
			})
		})
	}
}

func TestStateAtMatterportDecidesNotTheOrderOfEvents(t *testing.T) {
	at(t, nil, func(s *site) {
		token := s.open("alice", office)
		s.event("deleted", office) // of a model that was deleted and restored
		s.event("created", office)
		s.pass(lookedAt)
		s.wantLive(token, true)
		s.matterport.RemoveModel(office)
		s.event("restored", office)
		s.event("created", office)
		s.pass(time.Minute)
		s.wantLive(token, false)
	})
}

func TestReplayIsOneLook(t *testing.T) {
	at(t, nil, func(s *site) {
		token := s.open("alice", office)
		for range 1000 {
			s.event("deleted", office)
		}
		s.pass(time.Minute)
		s.wantLooks(1)
		s.wantLive(token, true)
	})
}

func TestEventDuringALookIsOneMoreLook(t *testing.T) {
	at(t, nil, func(s *site) {
		token := s.open("alice", office)
		s.wire.mu.Lock()
		s.wire.takes = 4 * time.Second
		s.wire.mu.Unlock()
		s.event("deleted", office)
		s.pass(6 * time.Second) // the question has been answered, and its answer is under way
		s.wantLooks(1)
		s.matterport.RemoveModel(office)
		for range 50 {
			s.event("deleted", office)
		}
		s.pass(4 * time.Second)
		s.wantLive(token, true)
		s.pass(time.Minute)
		s.wantLooks(2)
		s.wantLive(token, false)
	})
}

func TestOneModelIsLookedAtEveryTenSeconds(t *testing.T) {
	at(t, nil, func(s *site) {
		s.open("alice", office)
		for range 100 {
			s.event("details_changed", office)
			s.pass(time.Second)
		}
		if n := s.looks(); n < 9 || n > 11 {
			t.Errorf("%d looks in 100 seconds, want about 10", n)
		}
	})
}

func TestFloodMakesBoundedCallsAndEndsNoTour(t *testing.T) {
	at(t, nil, func(s *site) {
		held := []string{s.open("alice", office), s.open("alice", warehouse), s.open("bob", office, showroom)}
		before := s.matterport.Calls("*")
		for i := range 10_000 {
			s.event("deleted", fmt.Sprintf("%011d", i))
		}
		s.pass(10 * time.Minute)
		calls := s.matterport.Calls("*") - before
		t.Logf("10,000 events that name random models: %d calls", calls)
		if calls != 0 {
			t.Errorf("%d calls for models that no token opens", calls)
		}
		for i := range 10_000 {
			s.event("deleted", fmt.Sprintf("%011d", i))
			s.event("deleted", []string{office, warehouse, showroom}[i%3])
		}
		s.pass(10 * time.Minute)
		calls = s.matterport.Calls("*") - before
		t.Logf("10,000 more, and as many that name live models: %d calls", calls)
		if calls > 5 { // the live ones, and an application token
			t.Errorf("%d calls", calls)
		}
		for _, token := range held {
			s.wantLive(token, true)
		}
		if n := len(s.of(event.WebhookReceived)); n > 150 {
			t.Errorf("%d events in the log and the audit trail", n)
		}
	})
}

func TestTooManyModelsHaveAllLiveOnesLookedAt(t *testing.T) {
	at(t, nil, func(s *site) {
		gone, there := s.open("alice", office), s.open("alice", warehouse)
		s.matterport.RemoveModel(office)
		for i := range 10_000 {
			s.event("deleted", fmt.Sprintf("%011d", i))
		}
		s.event("deleted", office) // it finds no room
		s.pass(time.Minute)
		s.wantLooks(2)
		s.wantLive(gone, false)
		s.wantLive(there, true)
		if !strings.Contains(s.log.String(), "webhook: too many models are named") {
			t.Error("nothing is logged")
		}
	})
}

func TestLooksAreLimitedToFiveASecond(t *testing.T) {
	at(t, nil, func(s *site) {
		for i := range 100 {
			id := fmt.Sprintf("%011d", i)
			s.matterport.AddModel(matterporttest.Model{ID: id})
			s.open([]string{"alice", "bob"}[i%2], id)
			s.event("processed", id)
		}
		s.pass(11 * time.Second)
		if n := s.looks(); n < 60 || n > 75 {
			t.Errorf("%d looks in 11 seconds, want 20 and then 5 a second", n)
		}
		s.pass(time.Minute)
		s.wantLooks(100)
	})
}

func TestNothingIsRevokedIfMatterportDoesNotAnswer(t *testing.T) {
	for name, failure := range map[string]matterporttest.Failure{
		"down":               matterporttest.Status(http.StatusServiceUnavailable, ""),
		"limited":            matterporttest.Status(http.StatusTooManyRequests, "120"),
		"unauthorized":       matterporttest.Status(http.StatusUnauthorized, ""),
		"forbidden":          matterporttest.Status(http.StatusForbidden, ""),
		"a gateway's 404":    matterporttest.JSON(http.StatusNotFound, `{"errors":[{"message":"no route"}]}`),
		"a page":             matterporttest.HTML(http.StatusNotFound),
		"invalid grant":      matterporttest.OAuthError(http.StatusBadRequest, "invalid_grant"),
		"unauthenticated":    matterporttest.GraphQLError("request.unauthenticated", http.StatusOK),
		"unauthorized, said": matterporttest.GraphQLError("request.unauthorized", http.StatusOK),
		"quota":              matterporttest.GraphQLError("quota.exceeded", http.StatusOK),
		"empty":              matterporttest.EmptyBody(),
		"null":               matterporttest.NullData(),
	} {
		t.Run(name, func(t *testing.T) {
			at(t, nil, func(s *site) {
				token := s.open("alice", office)
				s.matterport.RemoveModel(office)
				s.matterport.Fail("*", failure, -1)
				s.event("deleted", office)
				s.pass(10 * time.Minute)
				s.wantLive(token, true)
				if n := strings.Count(s.log.String(), "webhook: the state of models is not known"); n != 1 {
					t.Errorf("%d warnings, want 1", n)
				}
				s.matterport.Heal()
				s.pass(10 * time.Minute)
				s.wantLive(token, false)
			})
		})
	}
}

func TestQuestionsAreGivenUp(t *testing.T) {
	at(t, nil, func(s *site) {
		token := s.open("alice", office)
		s.matterport.RemoveModel(office)
		s.matterport.Fail("model", matterporttest.EmptyBody(), -1)
		s.event("deleted", office)
		s.pass(3 * time.Hour)
		s.wantLooks(10)
		s.wantLive(token, true)
		if !strings.Contains(s.log.String(), "webhook: given up asking for a model") {
			t.Error("nothing is logged")
		}
		s.matterport.Heal()
		s.event("deleted", office) // asks again
		s.pass(10 * time.Minute)
		s.wantLive(token, false)
	})
}

func TestWaitThatMatterportAsksForIsHonoured(t *testing.T) {
	at(t, nil, func(s *site) {
		s.open("alice", office)
		s.open("alice", warehouse)
		s.matterport.Fail("model", matterporttest.Status(http.StatusTooManyRequests, "300"), 1)
		s.event("deleted", office)
		s.event("deleted", warehouse)
		s.pass(299 * time.Second)
		s.wantLooks(1)
		s.pass(10 * time.Second)
		s.wantLooks(3)
	})
}

func TestModelThatBecomesInactiveIsLookedAtAgain(t *testing.T) {
	at(t, nil, func(s *site) {
		token := s.open("alice", office)
		s.matterport.AddModel(matterporttest.Model{ID: office, State: "inactivating"})
		s.event("activation_state_changed", office)
		s.pass(lookedAt)
		s.wantLive(token, true)
		s.matterport.AddModel(matterporttest.Model{ID: office, Inactive: true})
		s.pass(2 * time.Minute)
		s.wantLooks(2)
		s.wantLive(token, false)
	})
}

func TestStoreThatFailsIsAskedAgain(t *testing.T) {
	for name, trouble := range map[string]int32{"reading fails": storeFails, "reading panics": storePanics, "revoking fails": revokeFails} {
		t.Run(name, func(t *testing.T) {
			broken := new(tokens)
			change := func(cfg *webhook.Config) { broken.Tokens, cfg.Tokens = cfg.Tokens, broken }
			at(t, change, func(s *site) {
				token := s.open("alice", office)
				s.matterport.RemoveModel(office)
				broken.trouble.Store(trouble)
				s.event("deleted", office)
				s.pass(time.Minute)
				s.wantLive(token, true)
				broken.trouble.Store(well)
				s.pass(10 * time.Minute)
				s.wantLive(token, false)
			})
		})
	}
}

func TestRevocationThatTheStoreFinishesIsNotRepeated(t *testing.T) {
	broken := new(tokens)
	change := func(cfg *webhook.Config) { broken.Tokens, cfg.Tokens = cfg.Tokens, broken }
	at(t, change, func(s *site) {
		s.open("alice", office)
		s.matterport.RemoveModel(office)
		broken.trouble.Store(revokePends)
		s.event("deleted", office)
		s.pass(10 * time.Minute)
		s.wantLooks(1)
	})
}

func TestCatalogIsToldOfChanges(t *testing.T) {
	at(t, nil, func(s *site) {
		lobby := func() (name string) {
			listing, err := s.catalog.For(s.Context(), &identity.User{ID: "alice"})
			if err != nil {
				t.Fatal(err)
			}
			for _, space := range listing.Spaces {
				if space.ID == office {
					name = space.Name
				}
			}
			return name
		}
		lobby()
		s.matterport.AddModel(matterporttest.Model{ID: office, Name: "Annex"})
		s.event("details_changed", office)
		s.pass(lookedAt)
		if got := lobby(); got != "Annex" {
			t.Errorf("the gallery shows %q", got)
		}
		s.wantLooks(0) // no token opens it
		before := s.matterport.Calls("models")
		for range 100 {
			s.event("details_changed", office)
			s.pass(100 * time.Millisecond)
			lobby()
		}
		if n := s.matterport.Calls("models") - before; n > 1 {
			t.Errorf("%d listings in 10 seconds", n)
		}
	})
}

func TestCloseEndsWhatIsUnderWay(t *testing.T) {
	at(t, nil, func(s *site) {
		token := s.open("alice", office)
		s.matterport.RemoveModel(office)
		s.event("deleted", office)
		if err := errors.Join(s.hook.Close(), s.hook.Close()); err != nil {
			t.Error(err)
		}
		s.pass(time.Minute)
		s.wantLooks(0)
		s.wantLive(token, true)
		if w := s.post(bearer(current), body("deleted", office)); w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" {
			t.Errorf("%d after Close", w.Code)
		}
		if w := s.post(nil, ""); w.Code != http.StatusUnauthorized {
			t.Errorf("%d without a credential after Close", w.Code)
		}
	})
}
