package event

import (
	"log/slog"
	"sync"
)

// namers are the functions that know models by name. The zero value is ready.
type namers struct {
	mu  sync.RWMutex
	all []*func(model string) string
}

// UseNames has f asked for the name of each model that an event is about, of level info and above. It returns an empty
// text for a model that it does not know. f is called several times at once while requests wait, so it must
// not wait itself. A panic in it is logged. Call stop when f is not needed any more.
func (s *Stream) UseNames(f func(model string) string) (stop func()) {
	s.namers.mu.Lock()
	defer s.namers.mu.Unlock()
	s.namers.all = append(s.namers.all[:len(s.namers.all):len(s.namers.all)], &f)
	return func() {
		s.namers.mu.Lock()
		defer s.namers.mu.Unlock()
		var others []*func(string) string
		for _, other := range s.namers.all {
			if other != &f {
				others = append(others, other)
			}
		}
		s.namers.all = others
	}
}

// name fills in the names of the models of e, if one is known.
func (s *Stream) name(e *Event) {
	if len(e.Models) == 0 || e.Names != nil || e.Level < slog.LevelInfo {
		return
	}
	s.namers.mu.RLock()
	all := s.namers.all
	s.namers.mu.RUnlock()
	names, known := make([]string, len(e.Models)), false
	for i, model := range e.Models {
		names[i] = s.nameOf(all, model)
		known = known || names[i] != ""
	}
	if known {
		e.Names = names
	}
}

func (s *Stream) nameOf(all []*func(string) string, model string) (name string) {
	for _, f := range all {
		if stack := survive(func() { name = (*f)(model) }); stack != nil {
			s.reportPanic("UseNames", stack)
		}
		if name != "" {
			return name
		}
	}
	return ""
}
