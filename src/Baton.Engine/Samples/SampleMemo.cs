// What samples were for the message at hand. Configurations ask for the same few in rule after rule: the host, the path, a
// header in lower case. Each is evaluated once for as long as the head stays as it is.
using System;
using Baton.Configuration.Expressions;
using Baton.Engine.Samples.Fetches;
using Baton.Engine.Streams;
using Baton.Http.Messages;

namespace Baton.Engine.Samples;

/// <summary>Values of the samples asked for last; texts are copies. PERF: bench/run.sh --only rules. OWNER: one worker.</summary>
internal sealed class SampleMemo
{
    private const int SlotCount = 16,
        MaxValues = 8,
        SlotBytes = 1024;

    private struct Slot
    {
        public SharedSample? Sample;
        public MessageHead? Head;
        public long Version;

        /// <summary>-1: they are too many or too long.</summary>
        public int Count;
    }

    private readonly Slot[] _slots = new Slot[SlotCount];
    private readonly int[] _ends = new int[SlotCount * MaxValues];
    private readonly byte[] _text = new byte[SlotCount * SlotBytes];

    /// <summary>The values of a sample, valid until another one is asked for.</summary>
    public readonly ref struct Values(ReadOnlySpan<int> ends, ReadOnlySpan<byte> text)
    {
        private readonly ReadOnlySpan<int> _ends = ends;
        private readonly ReadOnlySpan<byte> _text = text;

        public int Count => _ends.Length;
        public ReadOnlySpan<byte> this[int i] => i == 0 ? _text[.._ends[0]] : _text[_ends[i - 1].._ends[i]];
    }

    /// <summary>False when there is no head, or the values do not fit: the sample is to be evaluated then.</summary>
    public bool TryGet(SharedSample sample, ProxyStream stream, Span<byte> scratch, out Values values)
    {
        values = default;
        // what is read of a stream in TCP mode has no head of its own
        if (!stream.IsHttp || HttpMessage.Head(stream, sample.OfResponse) is not { } head)
            return false;
        int at = sample.Index % SlotCount;
        ref Slot slot = ref _slots[at];
        if (slot.Sample != sample || slot.Head != head || slot.Version != head.Version)
            slot = new Slot
            {
                Sample = sample,
                Head = head,
                Version = head.Version,
                Count = Fill(sample, stream, scratch, at),
            };
        if (slot.Count < 0)
            return false;
        values = new Values(_ends.AsSpan(at * MaxValues, slot.Count), _text.AsSpan(at * SlotBytes, SlotBytes));
        return true;
    }

    /// <summary>Evaluates. How many values there are, or -1.</summary>
    private int Fill(SharedSample sample, ProxyStream stream, Span<byte> scratch, int at)
    {
        Span<byte> text = _text.AsSpan(at * SlotBytes, SlotBytes);
        bool multiple = ((SampleFetch)sample.Config.Fetch).Multiple;
        SampleValue value = default;
        int count = 0,
            end = 0;
        while (sample.Config.Evaluate(stream, multiple ? count : -1, scratch, ref value))
        {
            if (count == MaxValues || value.Type != SampleType.String || !value.Text.TryCopyTo(text[end..]))
                return -1;
            _ends[at * MaxValues + count++] = end += value.Text.Length;
            if (!multiple)
                break;
        }
        return count;
    }
}
