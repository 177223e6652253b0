package suite

import "runtime"

// Heap returns how many bytes of the heap are in use, garbage apart.
func Heap() uint64 {
	runtime.GC()
	runtime.GC() // what finalizers and pools have held is gone after the second
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// Grown returns by how many megabytes the heap has grown since it had before bytes, for a test that prints it.
func Grown(before uint64) float64 { return (float64(Heap()) - float64(before)) / 1e6 }
