// The head of one HTTP/1 message: start line, header fields and what they say about body and connection.
// It points into the buffer that was parsed (and into an arena for what was edited), copies nothing and
// is reused for message after message. Parsing is in MessageHead.Parsing, .RequestLine, .StatusLine and
// .Semantics; changing and writing it out in MessageHead.Editing, .Arena and .Writing.
using System;
using System.Runtime.CompilerServices;

namespace Baton.Http.H1;

/// <summary>A parsed, editable message head. Pooled by its owner, one for each direction of a stream.</summary>
public sealed unsafe partial class MessageHead
{
    // Room for fields that rules add on top of those received, without a new array.
    private const int SpareFields = 64;

    // SAFETY: a table of the owner's that is lent for the message (Lend), or the array below, which is pinned for life; indices are
    // checked against _capacity where fields are added.
    private HeaderField* _fields;
    private HeaderField[]? _own;
    private int _capacity;
    private readonly int _maxFields;
    private readonly byte* _names = HeaderNames.Table;
    private int _count;

    // What was parsed. Offsets count from _base, which moves when the caller's buffer moves.
    private byte* _base;
    private int _position;
    private int _scanned;
    private int _startOffset;
    private int _startLength;
    private byte _stage;
    private ParseStatus _result;
    private HeadFlags _flags;

    private byte* _method;
    private byte* _target;
    private byte* _reason;
    private int _methodLength;
    private int _targetLength;
    private int _reasonLength;
    private int _authorityOffset;
    private int _authorityLength;
    private int _pathOffset;
    private int _pathLength;
    private bool _partsKnown;

    /// <summary>
    /// Creates a head that accepts up to <paramref name="maxFields"/> - 1 fields (HAProxy counts the start line), with a table for
    /// them unless the owner lends it one for each message.
    /// </summary>
    public MessageHead(int maxFields = 101, bool isLent = false)
    {
        _maxFields = maxFields;
        if (!isLent)
            Own(maxFields + SpareFields);
        Reset();
    }

    /// <summary>Bytes of a table for so many fields.</summary>
    public static int TableSize(int maxFields) => (maxFields + SpareFields) * sizeof(HeaderField);

    /// <summary>It has a table, and may parse.</summary>
    public bool HasTable => _fields != null;

    /// <summary>Lends a table of <see cref="TableSize"/> bytes; the head is empty then.</summary>
    public void Lend(byte* table)
    {
        _fields = (HeaderField*)table;
        _capacity = _maxFields + SpareFields;
        _lent = table;
        Reset();
    }

    /// <summary>Takes the lent table back, null when there is none. What the head says of its start line and its body stays.</summary>
    public byte* TakeTable()
    {
        byte* table = _lent;
        _lent = null;
        if (table == null)
            return null;
        _fields = null;
        _own = null;
        _capacity = _count = 0;
        _hostIndex = _lengthIndex = _encodingIndex = -1;
        return table;
    }

    private byte* _lent;

    private void Own(int capacity)
    {
        HeaderField[] table = GC.AllocateArray<HeaderField>(capacity, pinned: true);
        var fields = (HeaderField*)Unsafe.AsPointer(ref table[0]);
        for (int i = 0; i < _count; i++)
            fields[i] = _fields[i];
        (_own, _capacity) = (table, capacity);
        _fields = fields;
    }

    /// <summary>Forgets the message. Needed before each new one; keeps the arena.</summary>
    public void Reset()
    {
        _count = 0;
        _base = null;
        _position = 0;
        _scanned = 0;
        _startOffset = 0;
        _startLength = 0;
        _stage = StageStart;
        _result = ParseStatus.Incomplete;
        _flags = HeadFlags.None;
        _methodLength = 0;
        _targetLength = 0;
        _reasonLength = 0;
        _partsKnown = false;
        HeadLength = 0;
        FieldBytes = 0;
        Method = HttpMethod.Other;
        Form = TargetForm.Origin;
        MinorVersion = 1;
        Status = 0;
        Body = BodyKind.None;
        ContentLength = -1;
        _hostIndex = -1;
        _lengthIndex = -1;
        _encodingIndex = -1;
        _startModified = false;
        _fieldsModified = false;
        _framingEdited = false;
        Version++;
        _fieldsLength = -1;
        _faultOffset = -1;
        ViolationOffset = -1;
    }

    /// <summary>Bytes of the head in the input, with the empty line and the CRLFs skipped before a request (RFC 9112 §2.2).</summary>
    public int HeadLength { get; private set; }

    /// <summary>Bytes of all field names and values as received, without separators and white space around values.</summary>
    public int FieldBytes { get; private set; }

    /// <summary>The same of the fields as they are now.</summary>
    public int CurrentFieldBytes
    {
        get
        {
            int bytes = 0;
            for (int i = 0; i < _count; i++)
            {
                ref HeaderField line = ref _fields[i];
                bytes += line.IsRemoved ? 0 : line.NameLength + line.ValueLength;
            }
            return bytes;
        }
    }

    /// <summary>The request method.</summary>
    public HttpMethod Method { get; private set; }

    /// <summary>The form of the request target (RFC 9112 §3.2).</summary>
    public TargetForm Form { get; private set; }

    /// <summary>The x of HTTP/1.x.</summary>
    public int MinorVersion { get; private set; }

    /// <summary>Status code of a response, 100-999.</summary>
    public int Status { get; private set; }

    /// <summary>How the body is delimited.</summary>
    public BodyKind Body { get; private set; }

    /// <summary>The announced Content-Length, -1 without one; a response to HEAD has one and no body.</summary>
    public long ContentLength { get; private set; }

    /// <summary>The method's bytes.</summary>
    public ReadOnlySpan<byte> MethodSpan => new(_method, _methodLength);

    /// <summary>The request target as received or set.</summary>
    public ReadOnlySpan<byte> Target => new(_target, _targetLength);

    /// <summary>The reason phrase, may be empty.</summary>
    public ReadOnlySpan<byte> Reason => new(_reason, _reasonLength);

    /// <summary>The path of the target without query; empty for authority and asterisk form.</summary>
    public ReadOnlySpan<byte> Path
    {
        get
        {
            FindParts();
            return new(_target + _pathOffset, _pathLength);
        }
    }

    /// <summary>The query without its question mark.</summary>
    public ReadOnlySpan<byte> Query
    {
        get
        {
            FindParts();
            int after = _pathOffset + _pathLength;
            return after < _targetLength && _target[after] == '?' ? new(_target + after + 1, _targetLength - after - 1) : default;
        }
    }

    /// <summary>True when the target has a question mark, be there anything behind it or not.</summary>
    public bool HasQuery
    {
        get
        {
            FindParts();
            int after = _pathOffset + _pathLength;
            return after < _targetLength && _target[after] == '?';
        }
    }

    /// <summary>Path with question mark and query, as HAProxy's pathq.</summary>
    public ReadOnlySpan<byte> PathAndQuery
    {
        get
        {
            FindParts();
            return HasPathPart ? new(_target + _pathOffset, _targetLength - _pathOffset) : default;
        }
    }

    /// <summary>The authority of an absolute or authority form target, else empty: see the Host field.</summary>
    public ReadOnlySpan<byte> Authority
    {
        get
        {
            FindParts();
            return new(_target + _authorityOffset, _authorityLength);
        }
    }

    /// <summary>Connection lists close.</summary>
    public bool ConnectionClose => (_flags & HeadFlags.Close) != 0;

    /// <summary>Connection lists keep-alive.</summary>
    public bool ConnectionKeepAlive => (_flags & HeadFlags.KeepAlive) != 0;

    /// <summary>Connection lists upgrade.</summary>
    public bool ConnectionUpgrade => (_flags & HeadFlags.Upgrade) != 0;

    /// <summary>There is an Upgrade field.</summary>
    public bool HasUpgradeHeader => (_flags & HeadFlags.HasUpgrade) != 0;

    /// <summary>There is a Connection field.</summary>
    public bool HasConnectionHeader => (_flags & HeadFlags.HasConnection) != 0;

    /// <summary>There is a Keep-Alive, Proxy-Connection or TE field: for this connection alone.</summary>
    public bool HasHopByHopHeader => (_flags & HeadFlags.HasHopByHop) != 0;

    /// <summary>A chunked answer in HTTP/1.0: who reads it may take another end for its end, so nothing may follow (RFC 9112
    /// §6.1).</summary>
    public bool HasDoubtfulEnd => (_flags & HeadFlags.DoubtfulEnd) != 0;

    /// <summary>The client waits for 100 Continue before it sends the body (HTTP/1.1 only).</summary>
    public bool ExpectContinue => (_flags & HeadFlags.ExpectContinue) != 0 && MinorVersion >= 1;

    /// <summary>The peer of this message lets the connection live after it (RFC 9112 §9.3).</summary>
    public bool KeepAlive => MinorVersion >= 1 ? !ConnectionClose : ConnectionKeepAlive && !ConnectionClose;

    /// <summary>Fields in the array, removed ones included.</summary>
    public int FieldCount => _count;

    /// <summary>The field at an index below <see cref="FieldCount"/>.</summary>
    public ref HeaderField Field(int i)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)i, (uint)_count);
        return ref _fields[i];
    }

    /// <summary>Index of the first field of that name behind <paramref name="after"/>, or -1. Skips removed ones.</summary>
    public int Find(HeaderId id, int after = -1)
    {
        for (int i = after + 1; i < _count; i++)
        {
            if (_fields[i].Id == id && (_fields[i].Flags & HeaderField.RemovedFlag) == 0)
            {
                return i;
            }
        }
        return -1;
    }

    /// <summary>Same by name, ignoring case.</summary>
    public int Find(ReadOnlySpan<byte> name, int after = -1)
    {
        for (int i = after + 1; i < _count; i++)
        {
            if (
                _fields[i].NameLength == name.Length
                && (_fields[i].Flags & HeaderField.RemovedFlag) == 0
                && ByteClass.EqualsIgnoreCase(_fields[i].NameSpan, name)
            )
            {
                return i;
            }
        }
        return -1;
    }

    /// <summary>
    /// The buffer moved: points everything that lies in it to the new place. Parse calls do it themselves when
    /// they are given another start.
    /// </summary>
    public void Rebase(byte* start)
    {
        if (_base == start || _base == null)
        {
            _base = start;
            return;
        }
        nint delta = (nint)(start - _base);
        byte* low = _base;
        byte* high = _base + Math.Max(_position, HeadLength);
        Move(ref _method, low, high, delta);
        Move(ref _target, low, high, delta);
        Move(ref _reason, low, high, delta);
        for (int i = 0; i < _count; i++)
        {
            Move(ref _fields[i].Name, low, high, delta);
            Move(ref _fields[i].Value, low, high, delta);
        }
        _base = start;
    }

    private static void Move(ref byte* pointer, byte* low, byte* high, nint delta)
    {
        if (pointer >= low && pointer <= high)
        {
            pointer += delta;
        }
    }

    private bool HasPathPart => Form is TargetForm.Origin or TargetForm.Absolute;

    // Splits the target; deferred because most traffic needs none of it.
    private void FindParts()
    {
        if (_partsKnown)
        {
            return;
        }
        _partsKnown = true;
        ReadOnlySpan<byte> target = Target;
        _authorityOffset = 0;
        _authorityLength = 0;
        _pathOffset = target.Length;
        _pathLength = 0;
        if (Form == TargetForm.Authority)
        {
            _authorityLength = target.Length;
            return;
        }
        if (Form == TargetForm.Asterisk)
        {
            return;
        }
        int path = 0;
        if (Form == TargetForm.Absolute)
        {
            _authorityOffset = target.IndexOf((byte)':') + 3;
            int length = target[_authorityOffset..].IndexOfAny((byte)'/', (byte)'?');
            _authorityLength = length < 0 ? target.Length - _authorityOffset : length;
            path = _authorityOffset + _authorityLength;
        }
        int query = target[path..].IndexOf((byte)'?');
        _pathOffset = path;
        _pathLength = query < 0 ? target.Length - path : query;
    }
}
