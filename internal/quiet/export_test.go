package quiet

// Len is how many keys take room.
func (q *Quiet[K]) Len() int { return len(q.until) }
