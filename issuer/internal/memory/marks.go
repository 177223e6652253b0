package memory

import (
	"crypto/rand"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/go-pme/pme/issuer/store"
)

// marks counts evictions. A mark is the count, with a prefix that no other store has.
type marks struct {
	prefix string
	mark   atomic.Pointer[store.Mark]

	mu    sync.Mutex // guards count
	count uint64
}

func newMarks() *marks {
	m := &marks{prefix: rand.Text() + "-"}
	m.publish()
	return m
}

func (m *marks) present() store.Mark { return *m.mark.Load() }

// advance takes the next position.
func (m *marks) advance() uint64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.count++
	m.publish()
	return m.count
}

func (m *marks) publish() {
	mark := store.Mark(m.prefix + strconv.FormatUint(m.count, 36))
	m.mark.Store(&mark)
}

// position returns what mark stands for; 0, which is before every eviction, for a mark of another store.
func (m *marks) position(mark store.Mark) uint64 {
	digits, ours := strings.CutPrefix(string(mark), m.prefix)
	n, err := strconv.ParseUint(digits, 36, 64)
	if !ours || err != nil {
		return 0
	}
	return n
}
