// How much of what costs a peer nothing and this endpoint something a connection may bring (CVE-2023-44487, CVE-2025-8671, CVE-2019-9511
// to 9518, the CONTINUATION floods of 2024): a bucket for each kind that leaks at an even rate, and one count of oddities. A burst is what
// a client that means well may send at once; the rate what it may go on with for ever.
using System.Runtime.CompilerServices;

namespace Baton.Http.H2;

/// <summary>
/// The meter of one connection. <c>default</c> is one that has seen nothing. Time is told in milliseconds from any point, as an int that
/// may wrap.
/// </summary>
public struct GlitchMeter
{
    /// <summary>DATA with fewer octets is small, unless it ends its stream.</summary>
    public const int SmallDataSize = 64;

    /// <summary>WINDOW_UPDATE with less than that is small, unless the window was empty or it stands for a frame that was sent.</summary>
    public const int SmallIncrement = 256;

    /// <summary>
    /// CONTINUATION frames of one field block; at most. A block that is bounded by a buffer needs one or two of them, so more are a
    /// flood of small ones.
    /// </summary>
    public const int MaxContinuations = 16;

    private const int Kinds = 8;

    [InlineArray(Kinds)]
    private struct Levels
    {
        private int _first;
    }

    /// <summary>In milliseconds' worth of leaking, so that it needs no rounding; and when that was so.</summary>
    private Levels _levels;
    private int _noted;

    /// <summary>Oddities so far: what no peer sends that means well, though none is an error that ends the connection.</summary>
    public int Glitches { get; private set; }

    /// <summary>
    /// So many at once; and then one each so many milliseconds.
    /// Resets: nghttp2's 1000 and 33 a second; browsers come to some hundreds when a page is left. Own resets: each of them is a fault
    /// of the peer's, where 100 and 10 a second leave room for a client that is wrong about one thing. SETTINGS and PING: HAProxy bounds
    /// none, nghttp2 has 32 and 1000 of them in its queue; gRPC pings once in some seconds, and to measure the bandwidth after each
    /// read, which the burst is for. PRIORITY: old browsers send one with each request. WINDOW_UPDATE: a client that is told each read
    /// sends one for each; only small ones count, and of those such as stand for no frame. Empty and small DATA: libraries flush what an
    /// application writes; gRPC messages are small and frequent, so that the rate is a high one.
    /// </summary>
    private static (int Burst, int Milliseconds) Limit(FloodKind kind) =>
        kind switch
        {
            FloodKind.Reset => (1000, 30),
            FloodKind.OwnReset => (100, 100),
            FloodKind.Settings => (100, 500),
            FloodKind.Ping => (500, 20),
            FloodKind.Priority => (2000, 5),
            FloodKind.WindowUpdate => (5000, 1),
            FloodKind.EmptyFrame => (200, 50),
            _ => (20_000, 1),
        };

    /// <summary>
    /// One more of a kind. False: that is too many, and the connection is to be ended (ENHANCE_YOUR_CALM).
    /// </summary>
    public bool Note(FloodKind kind, int nowMs)
    {
        Leak(nowMs);
        (int burst, int milliseconds) = Limit(kind);
        ref int level = ref _levels[(int)kind];
        if (level + milliseconds > burst * milliseconds)
            return false;
        level += milliseconds;
        return true;
    }

    private void Leak(int nowMs)
    {
        int passed = nowMs - _noted;
        if (passed == 0)
            return;
        _noted = nowMs;
        // a clock that was set back, or a month of silence, empties nothing and everything
        for (int i = 0; i < Kinds; i++)
            _levels[i] = passed < 0 || passed >= _levels[i] ? 0 : _levels[i] - passed;
    }

    /// <summary>
    /// An oddity, for fc_glitches and bc_glitches. False: <paramref name="threshold"/> of them are too many; 0 is no threshold.
    /// </summary>
    public bool AddGlitches(int count, int threshold)
    {
        Glitches = Glitches > int.MaxValue - count ? int.MaxValue : Glitches + count;
        return threshold == 0 || Glitches < threshold;
    }
}
