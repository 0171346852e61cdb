// The scanner under MessageHead: one pass over the bytes, a line at a time, sixteen bytes at a step, and
// the rule that makes torn input come out like whole input: a line is judged only once its end, or a
// control byte that cannot be in it, has arrived.
// SAFETY: nothing outside [start, start + length) is read: each read is behind a comparison with its end, and 16 bytes at once
// are loaded where 16 are left. The bytes stay with the caller, who says with the next call when they have moved.
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Baton.Http.H1;

public sealed unsafe partial class MessageHead
{
    private const byte StageStart = 0;
    private const byte StageFields = 1;
    private const byte StageDone = 2;

    /// <summary>
    /// Parses a request head. Call again with the same bytes and more when it says Incomplete: what was
    /// parsed is kept, and the part of a line already searched is not searched again. The buffer may have moved.
    /// </summary>
    public ParseStatus ParseRequest(byte* start, int length, in ParseOptions options)
    {
        if (!Resume(start, length))
        {
            return _result;
        }
        byte* end = start + length;
        if (_stage == StageStart && !ParseRequestLine(start, end, options))
        {
            return _result;
        }
        return ParseFields(start, end, options) ? FinishRequest(options) : _result;
    }

    /// <summary>Parses a response head to a request of <paramref name="requestMethod"/>; resumes like <see cref="ParseRequest"/>.</summary>
    public ParseStatus ParseResponse(byte* start, int length, HttpMethod requestMethod, in ParseOptions options)
    {
        _flags |= HeadFlags.IsResponse;
        if (!Resume(start, length))
        {
            return _result;
        }
        byte* end = start + length;
        if (_stage == StageStart && !ParseStatusLine(start, end, options))
        {
            return _result;
        }
        return ParseFields(start, end, options) ? FinishResponse(requestMethod) : _result;
    }

    /// <summary>What to answer when the buffer is full and the head still incomplete: 414 inside the start line, 431 after it.</summary>
    public ParseStatus WhenFull =>
        (_flags & HeadFlags.IsResponse) != 0 ? ParseStatus.NotHttp
        : _stage == StageStart ? ParseStatus.UriTooLong
        : ParseStatus.HeadTooLarge;

    /// <summary>True once bytes of a start line were seen: tells a request cut short from an idle connection.</summary>
    public bool HasBegun => _stage != StageStart || _scanned > _position;

    /// <summary>Bytes of the input that form complete, valid lines so far; where an error lies.</summary>
    public int ParsedLength => _position;

    private bool Resume(byte* start, int length)
    {
        if (start != _base)
        {
            Rebase(start);
        }
        if (_stage == StageDone)
        {
            return false;
        }
        if (_scanned > _position)
        {
            byte* stop = FindControl(start + _scanned, start + length);
            if (IsUndecided(stop, start + length))
            {
                _scanned = (int)(stop - start);
                return false;
            }
        }
        return true;
    }

    private static bool IsUndecided(byte* stop, byte* end) => stop >= end || (*stop == '\r' && stop + 1 >= end);

    // First byte that can be in no line: a control byte other than HTAB. PERF: 16 bytes a step.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static byte* FindControl(byte* p, byte* end)
    {
        while (end - p >= 16)
        {
            Vector128<byte> v = Vector128.Load(p);
            Vector128<byte> bad =
                Vector128.AndNot(Vector128.LessThan(v, Vector128.Create((byte)0x20)), Vector128.Equals(v, Vector128.Create((byte)'\t')))
                | Vector128.Equals(v, Vector128.Create((byte)0x7F));
            uint mask = bad.ExtractMostSignificantBits();
            if (mask != 0)
            {
                return p + BitOperations.TrailingZeroCount(mask);
            }
            p += 16;
        }
        while (p < end && !ByteClass.Is(*p, ByteClass.Control))
        {
            p++;
        }
        return p;
    }

    // The line at p cannot be right, or ends before it is complete: which of the two depends on its end.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool Judge(byte* start, byte* p, byte* end, ParseStatus error)
    {
        _position = (int)(p - start);
        byte* stop = FindControl(p, end);
        if (IsUndecided(stop, end))
        {
            _scanned = (int)(stop - start);
            _result = ParseStatus.Incomplete;
            return false;
        }
        return Fail(error);
    }

    private bool Fail(ParseStatus error)
    {
        _stage = StageDone;
        _result = error;
        return false;
    }

    private ParseStatus Malformed => (_flags & HeadFlags.IsResponse) != 0 ? ParseStatus.NotHttp : ParseStatus.BadRequest;

    private bool ParseFields(byte* start, byte* end, in ParseOptions options)
    {
        byte* p = start + _position;
        int limit = options.MaxFields == 0 || options.MaxFields > _maxFields ? _maxFields : options.MaxFields;
        while (true)
        {
            if (p + 1 < end && *p == '\r' && p[1] == '\n')
            {
                p += 2;
                break;
            }
            if (p < end && *p == '\n' && AllowsBareLineFeed)
            {
                _flags |= HeadFlags.BareLineFeed;
                p++;
                break;
            }
            byte* line = p;
            HeaderId id;
            byte* colon = ScanName(line, end, options.AcceptUnsafeViolations, out id);
            if (colon == null)
            {
                return Judge(start, line, end, Malformed);
            }
            byte* value = colon + 1;
            while (value < end && (*value == ' ' || *value == '\t'))
            {
                value++;
            }
            byte* stop = FindControl(value, end);
            if (stop + 1 >= end || *stop != '\r' || stop[1] != '\n')
            {
                stop = SlowLineEnd(start, line, stop, end, options);
                if (stop == null)
                {
                    return false;
                }
            }
            p = stop + (*stop == '\r' ? 2 : 1);
            if (_count + 1 >= limit)
            {
                return FailAt(p, HeadState.HdrL2Lws, (_flags & HeadFlags.IsResponse) != 0 ? ParseStatus.NotHttp : ParseStatus.HeadTooLarge);
            }
            while (stop > value && (stop[-1] == ' ' || stop[-1] == '\t'))
            {
                stop--;
            }
            ref HeaderField field = ref _fields[_count];
            field.Name = line;
            field.NameLength = (ushort)(colon - line);
            field.Id = id;
            field.Flags = 0;
            field.Value = value;
            field.ValueLength = (int)(stop - value);
            field.LineLength = p[-2] == '\r' ? (int)(p - line) : 0;
            FieldBytes += (int)(colon - line) + field.ValueLength;
            _count++;
            _position = (int)(p - start);
            if ((byte)(id - 1) < (byte)HeaderId.Te && !Understand(ref field, options))
            {
                return FailAt(field.Value, HeadState.HdrL2Lws, Malformed);
            }
        }
        _position = (int)(p - start);
        HeadLength = _position;
        return true;
    }

    private bool AllowsBareLineFeed => (_flags & HeadFlags.IsResponse) != 0;

    // Returns the line's end when it is acceptable after all, or null with the result set.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private byte* SlowLineEnd(byte* start, byte* line, byte* stop, byte* end, in ParseOptions options)
    {
        // An unsafe option lets control bytes through, never NUL or the line's own delimiters.
        while (options.AcceptUnsafeViolations && stop < end && *stop is not (0 or (byte)'\r' or (byte)'\n'))
        {
            NoteViolation(stop);
            stop = FindControl(stop + 1, end);
        }
        if (IsUndecided(stop, end))
        {
            _position = (int)(line - start);
            _scanned = (int)(stop - start);
            _result = ParseStatus.Incomplete;
            return null;
        }
        if (*stop == '\r' && stop[1] == '\n')
        {
            return stop;
        }
        if (*stop == '\n' && AllowsBareLineFeed)
        {
            _flags |= HeadFlags.BareLineFeed;
            return stop;
        }
        _position = (int)(line - start);
        Fail(Malformed);
        return null;
    }

    // Finds the colon, checks the name's bytes and recognises it. Null: invalid, or no colon yet.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private byte* ScanName(byte* line, byte* end, bool anyByte, out HeaderId id)
    {
        if (end - line >= 16)
        {
            Vector128<byte> v = Vector128.Load(line);
            uint mask = Vector128.Equals(v, Vector128.Create((byte)':')).ExtractMostSignificantBits();
            // The mask alone is asked, never the count: where the processor's bit scan is BSF, the compiler takes the scan's flags for
            // those of its result, and "count != 0" came out always true (docs/decisions/0014).
            if (mask != 0 && (mask & 1) == 0)
            {
                int length = BitOperations.TrailingZeroCount(mask);
                id = HeaderNames.FindVector(_names, line, length, v);
                // A recognised name needs no further check.
                return id != HeaderId.Other || IsValidName(line, length, anyByte) ? line + length : null;
            }
        }
        return ScanNameSlowly(line, end, anyByte, out id);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private byte* ScanNameSlowly(byte* line, byte* end, bool anyByte, out HeaderId id)
    {
        id = HeaderId.Other;
        byte* p = line;
        while (p < end && *p != ':' && (ByteClass.Is(*p, ByteClass.Token) || (anyByte && *p > ' ' && *p != 0x7F)))
        {
            p++;
        }
        nint length = (nint)(p - line);
        if (p >= end || *p != ':' || length == 0 || length > ushort.MaxValue || (anyByte && !IsValidName(line, (int)length, true)))
        {
            return null;
        }
        if (length <= HeaderNames.EntrySize)
        {
            id = HeaderNames.FindScalar(_names, line, (int)length);
        }
        return p;
    }

    private bool IsValidName(byte* name, int length, bool anyByte)
    {
        for (int i = 0; i < length; i++)
        {
            if (ByteClass.Is(name[i], ByteClass.Token))
            {
                continue;
            }
            if (!anyByte || name[i] <= ' ' || name[i] == 0x7F)
            {
                return false;
            }
            NoteViolation(name + i);
        }
        return true;
    }
}
