package memory

import "container/heap"

// due is a heap of users whose shelves have expiring entries, earliest first.
type due []ending

type ending struct {
	until moment
	user  string
}

func (d *due) add(e ending) { heap.Push(d, e) }

// over takes out the earliest ending, if it is not after now.
func (d *due) over(now moment) (user string, ok bool) {
	if len(*d) == 0 || (*d)[0].until > now {
		return "", false
	}
	return heap.Pop(d).(ending).user, true
}

// Len implements [heap.Interface].
func (d *due) Len() int { return len(*d) }

// Less implements [heap.Interface].
func (d *due) Less(i, j int) bool { return (*d)[i].until < (*d)[j].until }

// Swap implements [heap.Interface].
func (d *due) Swap(i, j int) { (*d)[i], (*d)[j] = (*d)[j], (*d)[i] }

// Push implements [heap.Interface].
func (d *due) Push(x any) { *d = append(*d, x.(ending)) }

// Pop implements [heap.Interface].
func (d *due) Pop() any {
	last := len(*d) - 1
	e := (*d)[last]
	(*d)[last] = ending{}
	*d = (*d)[:last]
	return e
}
