// What edits must not break: the fields that say where the body ends, and the authority that stands in an absolute target and
// in Host. Nothing here runs for a head whose edits touch neither.
// SAFETY: field indices come from Find, so they are below _count.
using System;
using System.Buffers.Text;

namespace Baton.Http.H1;

public sealed unsafe partial class MessageHead
{
    private bool _framingEdited;

    /// <summary><see cref="RestoreFraming"/> has something to do, for which it needs an arena.</summary>
    public bool IsFramingEdited => _framingEdited;

    /// <summary>A field of this name was added, changed or removed after parsing.</summary>
    private void NoteFraming(HeaderId id)
    {
        if (_stage != StageDone)
            return;
        if (id is HeaderId.ContentLength or HeaderId.TransferEncoding)
            _framingEdited = true;
        else if (id == HeaderId.Connection)
            _flags |= HeadFlags.HasConnection;
    }

    /// <summary>
    /// The answer to a request of <paramref name="method"/> as its status is now, after all rules: does the client expect a body, or
    /// not? What the message has and the client does not expect must not be sent (false: the body it came with is to be dropped);
    /// where one is expected and there is none it is said to be empty. Else the client would take a body for the next answer, or the
    /// next answer for a body (RFC 9112 §6.3).
    /// </summary>
    public bool FrameFor(HttpMethod method)
    {
        bool expectsBody =
            method != HttpMethod.Head && Status is >= 200 and not (204 or 304) && (method != HttpMethod.Connect || Status >= 300);
        if (!expectsBody && Body != BodyKind.None)
        {
            Body = BodyKind.None;
            _framingEdited = _fieldsModified = true;
            return false;
        }
        if (expectsBody && Body == BodyKind.None && ContentLength != 0)
        {
            ContentLength = 0;
            _framingEdited = _fieldsModified = true;
        }
        // what must have no length has none, whatever status it had when it came
        if (Status is 204 or 304 && (Find(HeaderId.TransferEncoding) >= 0 || Status == 204 && Find(HeaderId.ContentLength) >= 0))
            _framingEdited = _fieldsModified = true;
        return true;
    }

    /// <summary>
    /// Makes Content-Length and Transfer-Encoding say what the body is, whatever edits made of them: a peer that believed
    /// something else would take the body for the next message (RFC 9112 §6.3, §11.2). Where there is no body for other reasons
    /// (HEAD, 304), a length is left as it was edited. False when there is no room.
    /// </summary>
    public bool RestoreFraming()
    {
        if (!_framingEdited)
            return true;
        _framingEdited = false;
        if (Body == BodyKind.Chunked)
        {
            RemoveAll(HeaderId.ContentLength);
            return Only(HeaderId.TransferEncoding, "transfer-encoding"u8, "chunked"u8);
        }
        RemoveAll(HeaderId.TransferEncoding);
        bool hasNoLength = IsResponse && Status is < 200 or 204;
        if (Body == BodyKind.Length || Body == BodyKind.None && ContentLength == 0 && !hasNoLength)
        {
            Span<byte> text = stackalloc byte[20];
            Utf8Formatter.TryFormat(ContentLength, text, out int length);
            return Only(HeaderId.ContentLength, "content-length"u8, text[..length]);
        }
        if (!IsResponse || Body == BodyKind.UntilClose || hasNoLength)
            RemoveAll(HeaderId.ContentLength);
        return true;
    }

    /// <summary>One field of that name, with that value.</summary>
    private bool Only(HeaderId id, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        int first = Find(id);
        if (first < 0)
            return AddField(name, value);
        for (int i = Find(id, first); i >= 0; i = Find(id, i))
            RemoveField(i);
        return _fields[first].ValueSpan.SequenceEqual(value) || ReplaceValue(first, value);
    }

    /// <summary>COMPAT: a target that gets another authority takes Host along (RFC 9112 §3.2.2 has them equal).</summary>
    private bool AuthorityToHost()
    {
        int host = Form == TargetForm.Absolute ? Find(HeaderId.Host) : -1;
        if (host < 0)
            return true;
        ReadOnlySpan<byte> authority = Authority[(Authority.LastIndexOf((byte)'@') + 1)..];
        return _fields[host].ValueSpan.SequenceEqual(authority) || WriteValue(host, authority);
    }

    /// <summary>COMPAT: and the other way round.</summary>
    private bool HostToAuthority(ReadOnlySpan<byte> host)
    {
        if (Form != TargetForm.Absolute || _stage != StageDone || Authority.SequenceEqual(host))
            return true;
        foreach (byte b in host)
            if (b <= ' ' || b == 0x7F)
                return true;
        FindParts();
        int rest = _authorityOffset + _authorityLength;
        _partsKnown = false;
        return FitsStart(_methodLength + _targetLength - _authorityLength + host.Length)
            && Exchange(ref _target, ref _targetLength, Target[.._authorityOffset], host, Target[rest..]);
    }
}
