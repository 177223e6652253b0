package tokens

import (
	"slices"
	"sync"
	"time"

	"github.com/go-pme/pme/issuer/store"
	"github.com/go-pme/pme/matterport"
)

// A shard has the cached tokens of some of the users. A user has few, so that a reader looks through them.
type shard struct {
	mu     sync.RWMutex // guards what follows
	users  map[string][]cached
	models index
	tokens map[matterport.Secret]store.Key
	count  int
}

// An index has the keys of each model.
type index map[string]map[store.Key]struct{}

func (i index) add(name string, key store.Key) {
	if i[name] == nil {
		i[name] = make(map[store.Key]struct{})
	}
	i[name][key] = struct{}{}
}

func (i index) remove(name string, key store.Key) {
	delete(i[name], key)
	if len(i[name]) == 0 {
		delete(i, name)
	}
}

type cached struct {
	*store.Entry
	ends time.Time
}

// clear needs mu, unless the shard is new.
func (s *shard) clear() {
	s.users, s.models, s.tokens = make(map[string][]cached), make(index), make(map[matterport.Secret]store.Key)
	s.count = 0
}

func (s *shard) find(key store.Key) (found cached, ok bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.look(key)
}

// look needs mu.
func (s *shard) look(key store.Key) (cached, bool) {
	all := s.users[key.User]
	for i := range all {
		if all[i].Key == key {
			return all[i], true
		}
	}
	return cached{}, false
}

func (s *shard) put(e cached) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.remove(e.Key)
	if s.count >= mostCached {
		s.makeRoom()
	}
	s.users[e.Key.User] = append(s.users[e.Key.User], e)
	for _, model := range e.Key.List() {
		s.models.add(model, e.Key)
	}
	s.tokens[e.Token] = e.Key
	s.count++
}

// makeRoom drops what is over, and if that is too little, some of the rest. It needs mu.
func (s *shard) makeRoom() {
	now := time.Now()
	for _, all := range s.users {
		for _, e := range slices.Clone(all) {
			if !now.Before(e.ends) {
				s.remove(e.Key)
			}
		}
	}
	for _, all := range s.users {
		for _, e := range slices.Clone(all) {
			if s.count < mostCached*9/10 {
				return
			}
			s.remove(e.Key)
		}
	}
}

// drop drops what the selector selects.
func (s *shard) drop(sel store.Selector) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if sel.All {
		s.clear()
		return
	}
	for _, e := range s.selected(sel) {
		s.remove(e.Key)
	}
}

// selected needs mu.
func (s *shard) selected(sel store.Selector) (found []*store.Entry) {
	add := func(e cached) {
		if e.Entry != nil && sel.Matches(e.Entry) {
			found = append(found, e.Entry)
		}
	}
	switch {
	case sel.All:
		for _, all := range s.users {
			for _, e := range all {
				add(e)
			}
		}
	case sel.User != "":
		for _, e := range s.users[sel.User] {
			add(e)
		}
	case sel.Token != "":
		e, _ := s.look(s.tokens[sel.Token])
		add(e)
	default:
		for key := range s.models[sel.Model] {
			e, _ := s.look(key)
			add(e)
		}
	}
	return found
}

// remove needs mu.
func (s *shard) remove(key store.Key) {
	e, ok := s.look(key)
	if !ok {
		return
	}
	s.users[key.User] = slices.DeleteFunc(s.users[key.User], func(e cached) bool { return e.Key == key })
	if len(s.users[key.User]) == 0 {
		delete(s.users, key.User)
	}
	for _, model := range key.List() {
		s.models.remove(model, key)
	}
	if s.tokens[e.Token] == key {
		delete(s.tokens, e.Token)
	}
	s.count--
}
