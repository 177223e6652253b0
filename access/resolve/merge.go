package resolve

import (
	"slices"
	"time"

	"github.com/go-pme/pme/access/selector"
)

// suspects are models that were missing in one look where they had been before.
type suspects map[selector.Selector][]string

// merge returns what is in force after a look. Models that are missing where the last resolution had them stay, unless they were
// suspects already. Those that stay are the next suspects.
func merge(last selector.Resolution, f *finding, selectors []selector.Selector, were suspects) (next selector.Resolution, are suspects) {
	next, are = make(selector.Resolution, len(selectors)), make(suspects)
	for _, s := range selectors {
		old := last[s]
		if s.Folder != "" && f.folders != nil {
			next[s] = failing(old, "Matterport does not tell the folders of spaces: "+f.folders.Error())
			continue
		}
		now := f.account.match(s)
		now.At = f.at
		seen := slices.Concat(now.Models, now.Doubtful)
		stay := without(without(old.Models, seen), were[s])
		stayDoubtful := without(without(old.Doubtful, seen), were[s])
		now.Models = tidy(slices.Concat(now.Models, stay))
		now.Doubtful = tidy(slices.Concat(now.Doubtful, stayDoubtful))
		if missing := slices.Concat(stay, stayDoubtful); len(missing) > 0 {
			are[s] = missing
			now.Missing = now.Missing && old.Missing // it may be there, as its spaces may
		}
		next[s] = now
	}
	return next, are
}

// failed returns the last resolution with the problem of a look that has failed.
func failed(last selector.Resolution, selectors []selector.Selector, problem string) selector.Resolution {
	next := make(selector.Resolution, len(selectors))
	for _, s := range selectors {
		next[s] = failing(last[s], problem)
	}
	return next
}

// failing returns the last result with a problem.
func failing(old selector.Result, problem string) selector.Result {
	old.Problem = problem
	if old.Known() {
		old.Problem = "not looked up since " + old.At.UTC().Format(time.RFC3339) + ": " + problem
	}
	return old
}

// without returns those of ids that are not among others.
func without(ids, others []string) []string {
	known := make(map[string]bool, len(others))
	for _, id := range others {
		known[id] = true
	}
	return slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return known[id] })
}

// equal reports whether two results are the same.
func equal(a, b selector.Result) bool {
	return a.At.Equal(b.At) && a.Problem == b.Problem && a.Missing == b.Missing && slices.Equal(a.Models, b.Models) && slices.Equal(a.Doubtful, b.Doubtful)
}
