package resolve_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/access/resolve"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/matterport"
)

// pass lets time pass, and what is due happen.
func pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

func TestSelectorsStandForSpaces(t *testing.T) {
	for selector, want := range map[string][]string{
		"internalId:A-17":                   {office},
		"internalId:a-17":                   nil,
		"internalId:A-1":                    nil,
		"folder:Plant 3":                    {warehouse},
		"folder:Plant 3/**":                 {office, warehouse},
		"folder:Plant 3/Hall 2":             {office},
		"folder:Hall 2":                     nil,
		"folder:plant 3/**":                 nil,
		"address:city=Bern":                 {office},
		"address:city=Bern, country=CH":     {office},
		"address:city=Bern, country=DE":     nil,
		"address:city=bern":                 nil,
		"address:city=Bern, postalCode=301": nil,
	} {
		synctest.Test(t, func(t *testing.T) {
			t.Log(selector)
			newHouse(t, plant(), forAlice(selector), nil).wantAllowed(t, want...)
		})
	}
}

func TestNumberOfTwoSpacesGrantsNothingAndExcludesBoth(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := plant()
		a.places[1].InternalID = "A-17"
		h := newHouse(t, a, forAlice("internalId:A-17", showroom), nil)
		h.wantAllowed(t, showroom)
		h.wantLogged(t, "several spaces have this number", 1)
		all := access.List{{Users: []string{"alice"}, Models: []string{"*"}, Except: access.Except{Models: []string{"internalId:A-17"}}}}
		newHouse(t, a, all, nil).wantAllowed(t, showroom)
	})
}

func TestPathOfTwoFoldersGrantsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := plant()
		a.folders = append(a.folders, matterport.Folder{ID: "twin", Parent: "top", Path: []string{"Plant 3"}})
		newHouse(t, a, forAlice("folder:Plant 3/**", "folder:Plant 3"), nil).wantAllowed(t)
		newHouse(t, a, forAlice("folder:Plant 3/Hall 2"), nil).wantAllowed(t, office)
	})
}

// A slash in a folder's name must not make it the path of another one.
func TestFolderWithASlashIsNotAPath(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := plant()
		a.folders[2] = matterport.Folder{ID: "hall", Parent: "top", Path: []string{"Plant 3/Hall 2"}}
		newHouse(t, a, forAlice("folder:Plant 3/Hall 2"), nil).wantAllowed(t)
	})
}

// The tree may be older than the space. Its folder may be any, so the space is not granted, and excluded.
func TestSpaceInAFolderThatIsNotInTheTree(t *testing.T) {
	for _, folders := range [][]string{{"new", "plant", "top"}, {"new"}} {
		synctest.Test(t, func(t *testing.T) {
			a := plant()
			a.places[0].Folders = folders
			newHouse(t, a, forAlice("folder:Plant 3"), nil).wantAllowed(t, warehouse)
			newHouse(t, a, except("folder:Plant 3/**"), nil).wantAllowed(t, showroom)
			newHouse(t, a, except("folder:Plant 3/Hall 2"), nil).wantAllowed(t, warehouse, showroom)
		})
	}
}

// except is a list that grants everything but these models.
func except(models ...string) access.List {
	return access.List{{Users: []string{"alice"}, Models: []string{"*"}, Except: access.Except{Models: models}}}
}

// Whoever renames a folder must not grant access by it.
func TestRuleThatExceptsWhatDoesNotExistGrantsNothing(t *testing.T) {
	for _, selector := range []string{"folder:Plant 4", "folder:Plant 4/**", "internalId:B-1", "address:city=Basel"} {
		synctest.Test(t, func(t *testing.T) { newHouse(t, plant(), except(selector), nil).wantAllowed(t) })
	}
	synctest.Test(t, func(t *testing.T) {
		a := plant()
		a.folders = append(a.folders, matterport.Folder{ID: "attic", Parent: "top", Path: []string{"Attic"}})
		newHouse(t, a, except("folder:Attic"), nil).wantAllowed(t, office, warehouse, showroom)
		h := newHouse(t, a, except("folder:Plant 3/**"), nil)
		a.set(func(a *fakeAccount) { a.folders[1].Path[0], a.folders[2].Path[0] = "Plant three", "Plant three" })
		h.wantAllowed(t, showroom)
		pass(5 * time.Minute)
		h.wantAllowed(t, showroom) // until the second look
		pass(30 * time.Second)
		h.wantAllowed(t)
	})
}

func TestLongPauseIsHonoured(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := plant()
		a.err = &matterport.Error{Op: "places", Err: matterport.ErrRateLimited, RetryAfter: 10 * time.Minute}
		h := newHouse(t, a, forAlice("internalId:A-17"), nil)
		pass(10*time.Minute - time.Nanosecond)
		if pages, _ := a.calls(); pages != 1 {
			t.Errorf("%d calls in the pause", pages)
		}
		a.set(func(a *fakeAccount) { a.err = nil })
		pass(time.Nanosecond)
		h.wantAllowed(t, office)
	})
}

// A look for another reason, shortly after the first, is not the second.
func TestSecondLookComesNoEarlier(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		file, write := newFile(t, "internalId:A-17")
		a := plant()
		h := newHouse(t, a, file, nil)
		a.set(func(a *fakeAccount) { a.places = a.places[1:] })
		pass(5 * time.Minute)
		write("internalId:A-17, 'folder:Nowhere'") // needs a look of its own
		pass(6 * time.Second)
		if pages, _ := a.calls(); pages != 3 {
			t.Fatalf("%d looks", pages)
		}
		h.wantAllowed(t, office)
		pass(30 * time.Second)
		h.wantAllowed(t)
	})
}

func TestGrantIsInForceWithinTheIntervalAndAWithdrawalAfterASecondLook(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := plant()
		h := newHouse(t, a, forAlice("folder:Plant 3"), nil)
		told := 0
		h.policy.(access.Watcher).Watch(func() { told++ })
		a.set(func(a *fakeAccount) { a.places[2].Folders = []string{"plant", "top"} })
		pass(5 * time.Minute)
		h.wantAllowed(t, warehouse, showroom)
		a.set(func(a *fakeAccount) { a.places[1].Folders = []string{"top"} })
		pass(5*time.Minute + 30*time.Second - time.Nanosecond)
		h.wantAllowed(t, warehouse, showroom)
		pass(time.Nanosecond)
		h.wantAllowed(t, showroom)
		if told != 2 {
			t.Errorf("told %d times", told)
		}
	})
}

func TestSpaceThatIsMissingOnceStays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := plant()
		all := a.places
		h := newHouse(t, a, forAlice("folder:Plant 3/**"), nil)
		a.set(func(a *fakeAccount) { a.places = all[1:] })
		pass(5 * time.Minute)
		a.set(func(a *fakeAccount) { a.places = all[:1] }) // the other is missing in the second look
		pass(30 * time.Second)
		h.wantAllowed(t, office, warehouse)
		a.set(func(a *fakeAccount) { a.places = all })
		pass(30 * time.Second)
		h.wantAllowed(t, office, warehouse)
		h.wantLogged(t, "stands for other spaces", 1)
	})
}

func TestLookThatFailsChangesNothing(t *testing.T) {
	for name, fail := range map[string]func(*fakeAccount){
		"down":       func(a *fakeAccount) { a.err = matterport.ErrUnavailable },
		"refused":    func(a *fakeAccount) { a.err = matterport.ErrTokenRefused },
		"incomplete": func(a *fakeAccount) { a.short = 1 },
		"twice":      func(a *fakeAccount) { a.places = append(a.places, a.places[0]) },
	} {
		synctest.Test(t, func(t *testing.T) {
			t.Log(name)
			a := plant()
			h := newHouse(t, a, forAlice("internalId:A-17", "folder:Plant 3"), nil)
			a.set(fail)
			pass(time.Hour)
			h.wantAllowed(t, office, warehouse)
			h.wantLogged(t, "cannot be looked up", 1)
			h.wantLogged(t, "level=WARN", 0)
			e, err := access.Explain(t.Context(), h.policy, alice, office)
			if err != nil || !strings.Contains(e.String(), "not looked up since 2000-01-01T00:00:00Z") {
				t.Errorf("the explanation does not say so, %v:\n%s", err, e)
			}
			a.set(func(a *fakeAccount) { a.places, a.err, a.short = plant().places, nil, 0 })
			pass(time.Minute)
			h.wantLogged(t, "looked up again", 1)
		})
	}
}

func TestRefusedFoldersCostOnlyTheFolders(t *testing.T) {
	for name, refuse := range map[string]func(*fakeAccount){
		"the tree":     func(a *fakeAccount) { a.foldersErr = fmt.Errorf("%w: no right", matterport.ErrUnauthorized) },
		"of the space": func(a *fakeAccount) { a.pageErr = fmt.Errorf("%w: no such field", matterport.ErrInvalid) },
	} {
		synctest.Test(t, func(t *testing.T) {
			t.Log(name)
			a := plant()
			refuse(a)
			h := newHouse(t, a, forAlice("internalId:A-17", "folder:Plant 3", showroom), nil)
			pass(time.Hour)
			h.wantAllowed(t, office, showroom)
			h.wantLogged(t, "level=ERROR", 1)
			h.wantLogged(t, "ask Matterport for the right to read folders", 1)
			a.set(func(a *fakeAccount) { a.foldersErr, a.pageErr = nil, nil })
			pass(5 * time.Minute)
			h.wantAllowed(t, office, warehouse, showroom)
		})
	}
}

func TestRuleThatExceptsWhatIsNotResolvedGrantsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := plant()
		a.foldersErr = matterport.ErrUnauthorized
		list := access.List{{Users: []string{"alice"}, Models: []string{"*"}, Except: access.Except{Models: []string{"folder:Plant 3"}}}}
		h := newHouse(t, a, list, nil)
		h.wantAllowed(t)
		a.set(func(a *fakeAccount) { a.foldersErr = nil })
		pass(5 * time.Minute)
		h.wantAllowed(t, office, showroom)
	})
}

// newFile opens a file with a rule for alice, and returns how its models are changed. It is closed with the test.
func newFile(t *testing.T, models string) (*access.File, func(models string)) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "allow.yaml")
	write := func(models string) {
		if err := os.WriteFile(path, []byte("rules:\n  - users: [alice]\n    models: ["+models+"]\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(models)
	file, err := access.OpenFile(path, access.FileOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = file.Close() })
	return file, write
}

func TestNewSelectorsOfAFileAreLookedUpAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		file, write := newFile(t, "internalId:A-17")
		a := plant()
		h := newHouse(t, a, file, nil)
		write("internalId:A-17, internalId:A-170")
		pass(6 * time.Second)
		h.wantAllowed(t, office, warehouse)
		if pages, trees := a.calls(); pages != 1 || trees != 0 {
			t.Errorf("%d pages and %d trees: the last look was good enough", pages, trees)
		}
		write(`folder:Plant 3`)
		pass(6 * time.Second)
		h.wantAllowed(t, warehouse)
		if pages, trees := a.calls(); pages != 2 || trees != 1 {
			t.Errorf("%d pages and %d trees after a rule with a folder", pages, trees)
		}
	})
}

func TestNothingIsAskedWithoutSelectors(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := plant()
		h := newHouse(t, a, forAlice(office), nil)
		pass(time.Hour)
		if pages, trees := a.calls(); pages+trees != 0 {
			t.Errorf("%d calls", pages+trees)
		}
		h.wantAllowed(t, office)
	})
}

func TestPauseThatMatterportAsksForIsHonoured(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := plant()
		a.err = &matterport.Error{Op: "places", Err: matterport.ErrRateLimited, RetryAfter: 20 * time.Second}
		h := newHouse(t, a, forAlice("internalId:A-17"), nil)
		a.set(func(a *fakeAccount) { a.err = nil })
		pass(20*time.Second - time.Nanosecond)
		h.wantAllowed(t)
		pass(time.Nanosecond)
		h.wantAllowed(t, office)
	})
}

func TestConfigIsCheckedAsAWhole(t *testing.T) {
	_, err := resolve.New(resolve.Config{Options: resolve.Options{Every: time.Second, MaxAge: -1}, Policy: access.Func(nil)})
	for _, want := range []string{"Matterport is missing", "Policy has no selectors", "Every is 1s", "MaxAge is -1"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v; want %q in it", err, want)
		}
	}
}

// wrapped decides by itself, with the help of a file.
type wrapped struct{ *access.File }

func (w wrapped) Allowed(ctx context.Context, u *identity.User, model string) (bool, error) {
	allowed, err := w.File.Allowed(ctx, u, model)
	return allowed && model != warehouse, err
}

func (w wrapped) Policy() (access.Policy, error) { return w, nil }

func TestFileThatATypeEmbedsIsResolved(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		file, _ := newFile(t, "'folder:Plant 3/**'")
		newHouse(t, plant(), wrapped{file}, nil).wantAllowed(t, office)
	})
}

var errDown = errors.New("down")

type panicking struct{ *fakeAccount }

func (panicking) Places(context.Context, matterport.PlaceQuery) (*matterport.PlacePage, error) {
	panic(errDown)
}

func TestPanicOfALookIsContained(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, plant(), forAlice("internalId:A-17", showroom), func(cfg *resolve.Config) { cfg.Matterport = panicking{plant()} })
		pass(time.Hour)
		h.wantAllowed(t, showroom)
	})
}
