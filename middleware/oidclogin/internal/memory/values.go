package memory

import (
	"container/list"
	"time"
)

const (
	// MaxBytes is how many bytes of large values a Store holds.
	MaxBytes = 64 << 20

	// large is the shortest value that makes room for others: tokens and groups, whose sessions can do
	// without, but not whose session a provider's session is.
	large = 1 << 10
)

// values are bytes by name. The oldest large ones make room for new ones.
type values struct {
	byName map[string]*value
	ages   *list.List // of the names of large values, the oldest first
	bytes  int        // of large values
}

type value struct {
	content []byte
	until   time.Time
	age     *list.Element // nil unless the value is large
}

func newValues() values { return values{byName: make(map[string]*value), ages: list.New()} }

// get returns the content under name, or nil if there is none or it has expired.
func (v *values) get(name string, now time.Time) []byte {
	if found := v.byName[name]; found != nil && now.Before(found.until) {
		return found.content
	}
	return nil
}

func (v *values) put(name string, content []byte, until time.Time) {
	v.drop(name)
	added := &value{content: content, until: until}
	if len(content) >= large {
		added.age = v.ages.PushBack(name)
		v.bytes += len(content)
	}
	v.byName[name] = added
	for v.bytes > MaxBytes {
		oldest, _ := v.ages.Front().Value.(string)
		v.drop(oldest)
	}
}

func (v *values) drop(name string) {
	found := v.byName[name]
	if found == nil {
		return
	}
	if found.age != nil {
		v.ages.Remove(found.age)
		v.bytes -= len(found.content)
	}
	delete(v.byName, name)
}

func (v *values) purge(now time.Time) {
	for name, found := range v.byName {
		if !now.Before(found.until) {
			v.drop(name)
		}
	}
}
