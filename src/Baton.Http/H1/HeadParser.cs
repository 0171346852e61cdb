// Reads the head of an HTTP/1 message into a MessageHead: one pass over the bytes, a line at a time, sixteen bytes at a step, and the
// rule that makes torn input come out like whole input: a line is judged only once its end, or a control byte that cannot be in it, has
// arrived. Start lines are in HeadParser.StartLines.cs; what fields mean is judged by HeadChecks.
// SAFETY: nothing outside [start, start + length) is read: each read is behind a comparison with its end, and 16 bytes at once
// are loaded where 16 are left. The bytes stay with the caller, who says with the next call when they have moved.
using System;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Baton.Http.Headers;
using Baton.Http.Messages;

namespace Baton.Http.H1;

/// <summary>
/// The reader of one direction of a connection, for one head; begins anew whenever that was reset. What it finds are places in the
/// caller's bytes: nothing is copied.
/// </summary>
public sealed unsafe partial class HeadParser(MessageHead head)
{
    private const byte StageStart = 0;
    private const byte StageFields = 1;
    private const byte StageDone = 2;

    private readonly MessageHead _head = head;
    private readonly FieldTable _fields = head.Fields;
    private readonly byte* _names = HeaderNames.Table;

    /// <summary>What was read, as far as it was.</summary>
    public MessageHead Head => _head;

    /// <summary>The head this is about, by its generation; a reset head has another.</summary>
    private int _generation = -1;
    private int _position;
    private int _scanned;
    private int _fieldBytes;
    private int _faultOffset = -1;
    private int _violationOffset = -1;
    private byte _stage;
    private bool _isResponse;
    private bool _hasBareLineFeed;
    private ParseStatus _result;
    private HeadState _faultState;

    /// <summary>
    /// Parses a request head. Call again with the same bytes and more when it says Incomplete: what was
    /// parsed is kept, and the part of a line already searched is not searched again. The buffer may have moved.
    /// </summary>
    public ParseStatus ParseRequest(byte* start, int length, in ParseOptions options)
    {
        if (!Resume(start, length, isResponse: false))
            return _result;
        byte* end = start + length;
        if (_stage == StageStart && !ParseRequestLine(start, end, options) || !ParseFields(start, end, options))
            return _result;
        ParseStatus result = HeadChecks.FinishRequest(_head, BodyKind.None, options, out int culprit);
        if (culprit >= 0)
            FailAt(_head.Field(culprit).Value, HeadState.LastLf, result);
        return Finish(result);
    }

    /// <summary>Parses a response head to a request of <paramref name="requestMethod"/>; resumes like <see cref="ParseRequest"/>.</summary>
    public ParseStatus ParseResponse(byte* start, int length, HttpMethod requestMethod, in ParseOptions options)
    {
        if (!Resume(start, length, isResponse: true))
            return _result;
        byte* end = start + length;
        if (_stage == StageStart && !ParseStatusLine(start, end, options) || !ParseFields(start, end, options))
            return _result;
        if (_hasBareLineFeed)
            _head.AreFieldsModified = true;
        return Finish(HeadChecks.FinishResponse(_head, requestMethod, BodyKind.UntilClose));
    }

    /// <summary>What to answer when the buffer is full and the head still incomplete: 414 inside the start line, 431 after it.</summary>
    public ParseStatus WhenFull =>
        _isResponse ? ParseStatus.NotHttp
        : _stage == StageStart ? ParseStatus.UriTooLong
        : ParseStatus.HeadTooLarge;

    /// <summary>Offset of the first byte that only an "accept-invalid" option let through, -1 when there is none.</summary>
    public int ViolationOffset => _generation == _head.Generation ? _violationOffset : -1;

    /// <summary>The fault of a head that a parse call on these bytes has refused, or that is too large for them.</summary>
    public HeadFault FindFault(ReadOnlySpan<byte> message)
    {
        if (_generation != _head.Generation)
            Begin(_head.IsResponse);
        if (_faultOffset >= 0)
            return new HeadFault(_faultOffset, _faultState);
        if (_head.HeadLength > 0)
            return new HeadFault(_head.HeadLength, HeadState.Data);
        ReadOnlySpan<byte> line = message[Math.Min(_position, message.Length)..];
        HeadFault fault =
            _position > _head.Source.LineOffset ? HeadFaults.OfField(line)
            : _isResponse ? HeadFaults.OfStatusLine(line)
            : HeadFaults.OfRequestLine(line);
        return fault with { Position = _position + fault.Position };
    }

    private void Begin(bool isResponse)
    {
        _generation = _head.Generation;
        _position = 0;
        _scanned = 0;
        _fieldBytes = 0;
        _faultOffset = -1;
        _violationOffset = -1;
        _stage = StageStart;
        _isResponse = isResponse;
        _hasBareLineFeed = false;
        _result = ParseStatus.Incomplete;
        if (isResponse)
            _head.Flags |= HeadFlags.IsResponse;
    }

    private bool Resume(byte* start, int length, bool isResponse)
    {
        if (_generation != _head.Generation)
        {
            Begin(isResponse);
            _head.Source.Start = start;
        }
        else if (start != _head.Source.Start)
            _head.MoveSource(start, _position);
        if (_stage == StageDone)
            return false;
        if (_scanned > _position)
        {
            byte* stop = ByteScan.FindControl(start + _scanned, start + length);
            if (IsUndecided(stop, start + length))
            {
                _scanned = (int)(stop - start);
                return false;
            }
        }
        return true;
    }

    private static bool IsUndecided(byte* stop, byte* end) => stop >= end || (*stop == '\r' && stop + 1 >= end);

    // The line at p cannot be right, or ends before it is complete: which of the two depends on its end.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool Judge(byte* start, byte* p, byte* end, ParseStatus error)
    {
        _position = (int)(p - start);
        byte* stop = ByteScan.FindControl(p, end);
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
        Finish(error);
        return false;
    }

    private bool FailAt(byte* at, HeadState state, ParseStatus error)
    {
        _faultOffset = (int)(at - _head.Source.Start);
        _faultState = state;
        return Fail(error);
    }

    private ParseStatus Finish(ParseStatus result)
    {
        _stage = StageDone;
        _result = result;
        return result;
    }

    private void NoteViolation(byte* at)
    {
        if (_violationOffset < 0)
            _violationOffset = (int)(at - _head.Source.Start);
    }

    private ParseStatus Malformed => _isResponse ? ParseStatus.NotHttp : ParseStatus.BadRequest;

    private bool ParseFields(byte* start, byte* end, in ParseOptions options)
    {
        // PERF: the table is not kept in a local: p would lose its register to it, and a store and a load for each field is 15 %
        byte* p = start + _position;
        int limit = options.MaxFields == 0 || options.MaxFields > _fields.MaxFields ? _fields.MaxFields : options.MaxFields;
        while (true)
        {
            if (p + 1 < end && *p == '\r' && p[1] == '\n')
            {
                p += 2;
                break;
            }
            // servers may end lines by a bare LF, clients must not
            if (p < end && *p == '\n' && _isResponse)
            {
                _hasBareLineFeed = true;
                p++;
                break;
            }
            byte* line = p;
            byte* colon = ScanName(line, end, options.AcceptUnsafeViolations, out HeaderId id);
            if (colon == null)
                return Judge(start, line, end, Malformed);
            byte* value = colon + 1;
            while (value < end && (*value == ' ' || *value == '\t'))
                value++;
            byte* stop = ByteScan.FindControl(value, end);
            if (stop + 1 >= end || *stop != '\r' || stop[1] != '\n')
            {
                stop = SlowLineEnd(start, line, stop, end, options);
                if (stop == null)
                    return false;
            }
            p = stop + (*stop == '\r' ? 2 : 1);
            if (_fields.Count + 1 >= limit)
                return FailAt(p, HeadState.HdrL2Lws, _isResponse ? ParseStatus.NotHttp : ParseStatus.HeadTooLarge);
            while (stop > value && (stop[-1] == ' ' || stop[-1] == '\t'))
                stop--;
            HeaderField* field = _fields.Next;
            field->Name = line;
            field->NameLength = (ushort)(colon - line);
            field->Id = id;
            field->Flags = 0;
            field->Value = value;
            field->ValueLength = (int)(stop - value);
            field->SourceLength = p[-2] == '\r' ? (int)(p - line) : 0;
            _fieldBytes += (int)(colon - line) + (int)(stop - value);
            _fields.Advance();
            _position = (int)(p - start);
            if (HeadChecks.Matters(id) && !Understand(ref *field, options))
                return FailAt(field->Value, HeadState.HdrL2Lws, Malformed);
        }
        _position = (int)(p - start);
        _head.Source.Length = _position;
        _head.FieldBytes = _fieldBytes;
        return true;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool Understand(ref HeaderField field, in ParseOptions options)
    {
        if (field.Id is HeaderId.Host or HeaderId.ContentLength or HeaderId.TransferEncoding)
            Straighten(ref field);
        return HeadChecks.Understand(_head, ref field, options);
    }

    // What tells where a message ends and whom it is for goes on as "name: value", for there are readers to whom a tab before the value
    // or a blank behind it makes another value of it.
    private void Straighten(ref HeaderField field)
    {
        byte* colon = field.Name + field.NameLength;
        bool isPlain =
            field.Value - colon <= 2
            && (field.Value - colon == 1 || colon[1] == ' ')
            && field.Value + field.ValueLength + 2 == field.Name + field.SourceLength;
        if (!isPlain)
            _head.Shorten(ref field, 0, field.ValueLength);
    }

    // Returns the line's end when it is acceptable after all, or null with the result set.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private byte* SlowLineEnd(byte* start, byte* line, byte* stop, byte* end, in ParseOptions options)
    {
        // An unsafe option lets control bytes through, never NUL or the line's own delimiters.
        while (options.AcceptUnsafeViolations && stop < end && *stop is not (0 or (byte)'\r' or (byte)'\n'))
        {
            NoteViolation(stop);
            stop = ByteScan.FindControl(stop + 1, end);
        }
        if (IsUndecided(stop, end))
        {
            _position = (int)(line - start);
            _scanned = (int)(stop - start);
            _result = ParseStatus.Incomplete;
            return null;
        }
        if (*stop == '\r' && stop[1] == '\n')
            return stop;
        if (*stop == '\n' && _isResponse)
        {
            _hasBareLineFeed = true;
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
            p++;
        nint length = (nint)(p - line);
        if (p >= end || *p != ':' || length == 0 || length > ushort.MaxValue || (anyByte && !IsValidName(line, (int)length, true)))
            return null;
        if (length <= HeaderNames.EntrySize)
            id = HeaderNames.FindScalar(_names, line, (int)length);
        return p;
    }

    private bool IsValidName(byte* name, int length, bool anyByte)
    {
        for (int i = 0; i < length; i++)
        {
            if (ByteClass.Is(name[i], ByteClass.Token))
                continue;
            if (!anyByte || name[i] <= ' ' || name[i] == 0x7F)
                return false;
            NoteViolation(name + i);
        }
        return true;
    }
}
