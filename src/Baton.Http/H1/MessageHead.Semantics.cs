// What the fields of a MessageHead mean for its framing and its connection (RFC 9112 §6 and §9, RFC 9110
// §7.2 and §7.6): the part that request smuggling aims at, so whatever could be read in two ways is refused.
// SAFETY: the indices kept here are those of fields parsed before, below _count.
using System;

namespace Baton.Http.H1;

public sealed unsafe partial class MessageHead
{
    private int _hostIndex;
    private int _lengthIndex;
    private int _encodingIndex;

    private bool IsResponse => (_flags & HeadFlags.IsResponse) != 0;

    // Called for the last field parsed when its name is one of Host to Te. False: malformed.
    private bool Understand(ref HeaderField field, in ParseOptions options)
    {
        switch (field.Id)
        {
            case HeaderId.Host:
                Straighten(ref field);
                return IsResponse || UnderstandHost(ref field, options);
            case HeaderId.ContentLength:
                Straighten(ref field);
                return UnderstandLength(ref field, IsResponse || options.AcceptUnsafeViolations);
            case HeaderId.TransferEncoding:
                Straighten(ref field);
                return UnderstandEncoding(ref field);
            case HeaderId.Connection:
                _flags |= HeadFlags.HasConnection;
                UnderstandConnection(field.ValueSpan);
                return true;
            case HeaderId.Upgrade:
                _flags |= HeadFlags.HasUpgrade;
                return true;
            case HeaderId.KeepAlive:
            case HeaderId.ProxyConnection:
            case HeaderId.Te:
                _flags |= HeadFlags.HasHopByHop;
                return true;
            case HeaderId.Expect:
                if (ByteClass.EqualsIgnoreCase(field.ValueSpan, "100-continue"u8))
                {
                    _flags |= HeadFlags.ExpectContinue;
                }
                return true;
            default:
                return true;
        }
    }

    // What tells where a message ends and whom it is for goes on as "name: value", for there are readers to whom a tab before the value
    // or a blank behind it makes another value of it.
    private void Straighten(ref HeaderField field)
    {
        byte* colon = field.Name + field.NameLength;
        bool isPlain =
            field.Value - colon <= 2
            && (field.Value - colon == 1 || colon[1] == ' ')
            && field.Value + field.ValueLength + 2 == field.Name + field.LineLength;
        if (isPlain)
        {
            return;
        }
        field.LineLength = 0;
        _fieldsModified = true;
    }

    // RFC 9112 §3.2: more than one Host, or an invalid one, is 400.
    private bool UnderstandHost(ref HeaderField field, in ParseOptions options)
    {
        if (_hostIndex < 0)
        {
            _hostIndex = _count - 1;
            return options.AcceptUnsafeViolations || HostText.IsValid(field.ValueSpan);
        }
        if (!options.AcceptUnsafeViolations || !ByteClass.EqualsIgnoreCase(field.ValueSpan, _fields[_hostIndex].ValueSpan))
        {
            return false;
        }
        RemoveField(_count - 1);
        return true;
    }

    // RFC 9112 §6.3: repeated equal lengths may be collapsed to one; requests get that only when asked for.
    private bool UnderstandLength(ref HeaderField field, bool collapse)
    {
        if (!ContentLengthText.TryParse(field.ValueSpan, collapse, out long length, out int firstLength))
        {
            return false;
        }
        int zeros = 0;
        while (zeros < firstLength - 1 && field.Value[zeros] == '0')
        {
            zeros++;
        }
        // One number, without the zeros that a reader might take for octal or overflow on.
        if (firstLength != field.ValueLength || zeros > 0)
        {
            field.Value += zeros;
            field.ValueLength = firstLength - zeros;
            field.LineLength = 0;
            _fieldsModified = true;
        }
        if (_lengthIndex < 0)
        {
            _lengthIndex = _count - 1;
            ContentLength = length;
            return true;
        }
        if (!collapse || length != ContentLength)
        {
            return false;
        }
        RemoveField(_count - 1);
        return true;
    }

    // Exactly one field that says exactly chunked. Anything else in a request is refused; a server's other
    // codings (RFC 9112 §6.3 item 4) would need the body to end at close, which no one sends: refused too.
    private bool UnderstandEncoding(ref HeaderField field)
    {
        if (_encodingIndex >= 0 || (MinorVersion == 0 && !IsResponse) || !ByteClass.EqualsIgnoreCase(field.ValueSpan, "chunked"u8))
        {
            return false;
        }
        _encodingIndex = _count - 1;
        return true;
    }

    private void UnderstandConnection(ReadOnlySpan<byte> value)
    {
        while (value.Length > 0)
        {
            int comma = value.IndexOf((byte)',');
            ReadOnlySpan<byte> item = (comma < 0 ? value : value[..comma]).Trim(" \t"u8);
            if (item.Length == 5 && ByteClass.EqualsIgnoreCase(item, "close"u8))
            {
                _flags |= HeadFlags.Close;
            }
            else if (item.Length == 10 && ByteClass.EqualsIgnoreCase(item, "keep-alive"u8))
            {
                _flags |= HeadFlags.KeepAlive;
            }
            else if (item.Length == 7 && ByteClass.EqualsIgnoreCase(item, "upgrade"u8))
            {
                _flags |= HeadFlags.Upgrade;
            }
            value = comma < 0 ? default : value[(comma + 1)..];
        }
    }

    private ParseStatus FinishRequest(in ParseOptions options)
    {
        if (_encodingIndex >= 0)
        {
            if (_lengthIndex >= 0)
            {
                // RFC 9112 §6.1: an attempt at smuggling more often than not.
                if (!options.AcceptUnsafeViolations)
                {
                    return Finish(ParseStatus.BadRequest);
                }
                DropLength();
            }
            Body = BodyKind.Chunked;
        }
        else if (ContentLength > 0)
        {
            Body = BodyKind.Length;
        }
        if (Body != BodyKind.None)
        {
            if (Method == HttpMethod.Connect)
            {
                return Finish(ParseStatus.BadRequest);
            }
            // COMPAT: HAProxy answers 413, since servers of that age take the body for the next request.
            if (
                MinorVersion == 0
                && !options.AcceptPayloadWithAnyMethod
                && Method is HttpMethod.Get or HttpMethod.Head or HttpMethod.Delete
            )
            {
                return Finish(ParseStatus.BodyNotAllowed);
            }
        }
        if (Form is TargetForm.Absolute or TargetForm.Authority && _hostIndex >= 0 && !options.AcceptUnsafeViolations)
        {
            ReadOnlySpan<byte> scheme = Form == TargetForm.Absolute ? Target[..Target.IndexOf((byte)':')] : default;
            if (!HostText.AreSame(Authority, _fields[_hostIndex].ValueSpan, scheme))
            {
                return FinishAt(_fields[_hostIndex].Value, HeadState.LastLf, ParseStatus.BadRequest);
            }
        }
        return Finish(ParseStatus.Complete);
    }

    private ParseStatus FinishResponse(HttpMethod requestMethod)
    {
        if ((_flags & HeadFlags.BareLineFeed) != 0)
        {
            _fieldsModified = true;
        }
        if (_encodingIndex >= 0)
        {
            // RFC 9112 §6.1: chunked wins, the length goes, and in HTTP/1.0 the framing is not to be trusted twice.
            if (_lengthIndex >= 0)
            {
                DropLength();
            }
            if (MinorVersion == 0)
            {
                _flags |= HeadFlags.Close | HeadFlags.DoubtfulEnd;
            }
        }
        bool noBody =
            requestMethod == HttpMethod.Head
            || Status < 200
            || Status is 204 or 304
            || (requestMethod == HttpMethod.Connect && Status < 300);
        if (noBody)
        {
            Body = BodyKind.None;
            if (Status is < 200 or 204 && (_lengthIndex >= 0 || _encodingIndex >= 0))
            {
                // RFC 9110 §8.6, RFC 9112 §6.1: these two must not announce a body at all.
                ContentLength = -1;
                RemoveAll(HeaderId.ContentLength);
                RemoveAll(HeaderId.TransferEncoding);
            }
        }
        else if (_encodingIndex >= 0)
        {
            Body = BodyKind.Chunked;
        }
        else if (ContentLength >= 0)
        {
            Body = ContentLength > 0 ? BodyKind.Length : BodyKind.None;
        }
        else
        {
            Body = BodyKind.UntilClose;
            _flags |= HeadFlags.Close;
        }
        return Finish(ParseStatus.Complete);
    }

    private void DropLength()
    {
        RemoveField(_lengthIndex);
        _lengthIndex = -1;
        ContentLength = -1;
        _flags |= HeadFlags.Close;
    }

    private ParseStatus Finish(ParseStatus result)
    {
        _stage = StageDone;
        _result = result;
        return result;
    }
}
