// Makes a message head field by field, for what does not come as HTTP/1 text: the codecs of other versions, and services that answer
// themselves. What comes out is a MessageHead like any other: samples read it, rules edit it, each form writes it. What the parser of
// text refuses is refused here as well, by the same checks (HeadChecks, RequestTarget, HostText).
// SAFETY: text lies in the head's arena, which its owner has lent for the message; the parts of a target lie there from when they are
// set until the target is put together, and nothing is squeezed out meanwhile.
using System;
using Baton.Http.Headers;

namespace Baton.Http.Messages;

/// <summary>
/// Begin with <see cref="Request"/> or <see cref="Response"/>, set the parts of the start, add the fields, <see cref="End"/>. The first
/// refusal stays: every call after it says false, and End tells it. The head's arena must be lent before.
/// </summary>
public unsafe ref struct HeadMaker
{
    private readonly MessageHead _head;
    private readonly MessageOrigin _origin;
    private readonly ParseOptions _options;
    private readonly HttpMethod _requestMethod;
    private ReadOnlySpan<byte> _scheme,
        _authority,
        _path,
        _protocol;
    private bool _isStarted,
        _isHostImplied,
        _hasHost,
        _hasScheme,
        _isSecure;
    private int _cookies;

    private HeadMaker(MessageHead head, MessageOrigin origin, HttpMethod requestMethod, in ParseOptions options)
    {
        _head = head;
        _origin = origin;
        _options = options;
        _requestMethod = requestMethod;
        Status = ParseStatus.Incomplete;
        head.Reset();
        head.IsStartModified = head.AreFieldsModified = true;
        head.MajorVersion = origin == MessageOrigin.Frames ? 2 : 1;
    }

    /// <summary>Begins a request; forgets what the head was.</summary>
    public static HeadMaker Request(MessageHead head, MessageOrigin origin, in ParseOptions options = default)
    {
        var maker = new HeadMaker(head, origin, HttpMethod.Other, options);
        head.KeepsParts = true;
        return maker;
    }

    /// <summary>Begins an answer to a request of <paramref name="requestMethod"/>; forgets what the head was.</summary>
    public static HeadMaker Response(MessageHead head, MessageOrigin origin, HttpMethod requestMethod, in ParseOptions options = default)
    {
        var maker = new HeadMaker(head, origin, requestMethod, options);
        head.Flags |= HeadFlags.IsResponse;
        return maker;
    }

    /// <summary>Incomplete until <see cref="End"/>, or why the head was refused.</summary>
    public ParseStatus Status { get; private set; }

    private readonly ParseStatus Malformed => _head.IsResponse ? ParseStatus.NotHttp : ParseStatus.BadRequest;

    private readonly ParseStatus TooLarge => _head.IsResponse ? ParseStatus.NotHttp : ParseStatus.HeadTooLarge;

    private bool Refuse(ParseStatus status)
    {
        if (Status == ParseStatus.Incomplete)
            Status = status;
        return false;
    }

    /// <summary>The start is still to be set, and this is about a request, or about an answer.</summary>
    private bool IsStarting(bool ofResponse) =>
        Status == ParseStatus.Incomplete && (!_isStarted && ofResponse == _head.IsResponse || Refuse(Malformed));

    /// <summary>The request's method, any token.</summary>
    public bool SetMethod(ReadOnlySpan<byte> method)
    {
        if (!IsStarting(ofResponse: false))
            return false;
        if (!_head.MethodSpan.IsEmpty || !ByteClass.IsToken(method))
            return Refuse(Malformed);
        return _head.SetMethod(method) ? !HeadChecks.IsPreface(_head) || Refuse(Malformed) : Refuse(TooLarge);
    }

    /// <summary>The scheme of the target.</summary>
    public bool SetScheme(ReadOnlySpan<byte> scheme)
    {
        if (!IsStarting(ofResponse: false))
            return false;
        if (!_scheme.IsEmpty || !RequestTarget.IsScheme(scheme))
            return Refuse(Malformed);
        _isSecure = ByteClass.EqualsIgnoreCase(scheme, "https"u8);
        return Keep(scheme, out _scheme);
    }

    /// <summary>Host and port, without user information; may be left out where Host tells it.</summary>
    public bool SetAuthority(ReadOnlySpan<byte> authority) =>
        IsStarting(ofResponse: false)
        && (_authority.IsEmpty && !authority.IsEmpty && HostText.IsValid(authority) || Refuse(Malformed))
        && Keep(authority, out _authority);

    /// <summary>Path and query, or an asterisk; none for CONNECT.</summary>
    public bool SetPath(ReadOnlySpan<byte> path) =>
        IsStarting(ofResponse: false) && (_path.IsEmpty && IsPath(path) || Refuse(Malformed)) && Keep(path, out _path);

    /// <summary>
    /// CONNECT is to another protocol than that of frames (RFC 8441): the head becomes what the same request is in HTTP/1, a GET with
    /// Upgrade.
    /// </summary>
    public bool SetProtocol(ReadOnlySpan<byte> protocol) =>
        IsStarting(ofResponse: false)
        && (_protocol.IsEmpty && ByteClass.IsToken(protocol) || Refuse(Malformed))
        && Keep(protocol, out _protocol);

    /// <summary>A protocol was set.</summary>
    public readonly bool IsExtendedConnect => !_protocol.IsEmpty;

    /// <summary>The status of an answer, 100-999; frames do not switch protocols (RFC 9113 §8.6).</summary>
    public bool SetStatus(int status) =>
        IsStarting(ofResponse: true)
        && (_head.Status == 0 && !(_origin == MessageOrigin.Frames && status == 101) && _head.SetStatus(status) || Refuse(Malformed));

    /// <summary>The reason of an answer; the usual one when it is not set.</summary>
    public bool SetReason(ReadOnlySpan<byte> reason) =>
        IsStarting(ofResponse: true) && (IsValue(reason) || Refuse(Malformed)) && (_head.SetReason(reason) || Refuse(TooLarge));

    /// <summary>Copies a part of the target, until it is put together.</summary>
    private bool Keep(ReadOnlySpan<byte> part, out ReadOnlySpan<byte> kept)
    {
        byte* text = _head.KeepPart(part);
        kept = text == null ? default : new(text, part.Length);
        return text != null || Refuse(ParseStatus.UriTooLong);
    }

    /// <summary>
    /// One more field. Those of the start must have been set before. <paramref name="isNeverIndexed"/>: no table of any connection
    /// that it goes on to is to have it.
    /// </summary>
    public bool Add(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, bool isNeverIndexed = false)
    {
        if (Status != ParseStatus.Incomplete || !_isStarted && !Start())
            return false;
        if (_origin == MessageOrigin.Own)
            value = value.Trim(" \t"u8);
        if (!IsName(name) || !IsValue(value))
            return Refuse(Malformed);
        HeaderId id = HeaderNames.Find(name);
        if (_origin == MessageOrigin.Frames && !MayComeInFrames(id, value))
            return Refuse(Malformed);
        int limit = _options.MaxFields == 0 ? _head.Fields.MaxFields : Math.Min(_options.MaxFields, _head.Fields.MaxFields);
        if (_head.FieldCount + 1 >= limit)
            return Refuse(TooLarge);
        if (_isHostImplied && id == HeaderId.Host)
            return _hasHost ? Refuse(Malformed) : AddHost(value);
        if (id == HeaderId.Cookie)
            _cookies++;
        if (!Append(id, name, value))
            return false;
        // a second Host or length may have gone again
        if (isNeverIndexed)
            _head.Field(_head.FieldCount - 1).Flags |= HeaderField.NeverIndexedFlag;
        return true;
    }

    private bool Append(HeaderId id, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (!_head.Append(id, name, value))
            return Refuse(TooLarge);
        _head.FieldBytes += name.Length + value.Length;
        return !HeadChecks.Matters(id)
            || HeadChecks.Understand(_head, ref _head.Field(_head.FieldCount - 1), _options)
            || Refuse(Malformed);
    }

    /// <summary>
    /// Host beside an authority: both name the same place, so there is nothing to add to what the authority said already. Where
    /// violations are accepted it is the authority that counts (RFC 9113 §8.3.1); a second Host is one too many even then.
    /// </summary>
    private bool AddHost(ReadOnlySpan<byte> value)
    {
        _hasHost = true;
        return _options.AcceptUnsafeViolations
            || HostText.IsValid(value) && HostText.AreSame(_head.Field(_head.HostIndex).ValueSpan, value, _head.Scheme)
            || Refuse(Malformed);
    }

    /// <summary>The parts of the start are there: makes Host and the target of them.</summary>
    private bool Start()
    {
        _isStarted = true;
        if (_head.IsResponse)
            return _head.Status > 0 && (!_head.Reason.IsEmpty || _head.SetReason(StatusReason.Of(_head.Status))) || Refuse(Malformed);
        if (IsExtendedConnect && !StartTunnel())
            return false;
        bool isConnect = _head.Method == HttpMethod.Connect;
        if (
            _head.MethodSpan.IsEmpty
            || (isConnect ? !_path.IsEmpty || !_scheme.IsEmpty || _authority.IsEmpty : _path.IsEmpty)
            || _scheme.IsEmpty && !isConnect && _origin == MessageOrigin.Frames
        )
            return Refuse(Malformed);
        if (!_authority.IsEmpty && !Append(HeaderId.Host, "host"u8, _authority))
            return false;
        if (
            IsExtendedConnect
            && (!Append(HeaderId.Connection, "connection"u8, "upgrade"u8) || !Append(HeaderId.Upgrade, "upgrade"u8, _protocol))
        )
            return false;
        _isHostImplied = !_authority.IsEmpty;
        // what is squeezed out from here on are the parts, once they have been read
        _head.KeepsParts = false;
        bool isWhole = !_scheme.IsEmpty && !_authority.IsEmpty && _path[0] == '/';
        if (isWhole ? !_head.ComposeTarget(_scheme, _authority, _path) : !_head.SetTarget(isConnect ? _authority : _path))
            return Refuse(ParseStatus.UriTooLong);
        // from here on the parts may be gone; a scheme without an authority waits for Host to tell it
        _hasScheme = !isWhole && !isConnect && _path[0] == '/' && (_isSecure || ByteClass.EqualsIgnoreCase(_scheme, "http"u8));
        return _head.TargetText.Classify(_head.Method) || Refuse(Malformed);
    }

    /// <summary>RFC 8441 §4: scheme and path are there as for any other method, and the authority.</summary>
    private bool StartTunnel()
    {
        if (_head.Method != HttpMethod.Connect || _scheme.IsEmpty || _authority.IsEmpty || _path.IsEmpty || _path[0] != '/')
            return Refuse(Malformed);
        return _head.SetMethod("GET"u8) || Refuse(TooLarge);
    }

    /// <summary>Host has told the authority that goes with the scheme.</summary>
    private bool CompleteTarget()
    {
        if (!_hasScheme || _head.HostIndex < 0 || _head.Field(_head.HostIndex).ValueLength == 0)
            return true;
        ReadOnlySpan<byte> scheme = _isSecure ? "https"u8 : "http"u8;
        if (!_head.ComposeTarget(scheme, _head.Field(_head.HostIndex).ValueSpan, _head.Target))
            return Refuse(ParseStatus.UriTooLong);
        return _head.TargetText.Classify(_head.Method) || Refuse(Malformed);
    }

    /// <summary>
    /// All fields are there. <paramref name="hasBody"/>: something follows, be its length told or not. Complete when the head may be
    /// used.
    /// </summary>
    public ParseStatus End(bool hasBody)
    {
        if (Status != ParseStatus.Incomplete || !_isStarted && !Start() || _cookies > 1 && !JoinCookies() || !CompleteTarget())
            return Status;
        BodyKind otherwise = hasBody ? BodyKind.Chunked : BodyKind.None;
        if (_head.IsResponse)
            Status = HeadChecks.FinishResponse(_head, _requestMethod, otherwise);
        else
            Status = HeadChecks.FinishRequest(_head, IsTunnel ? BodyKind.None : otherwise, _options, out _);
        if (Status == ParseStatus.Complete)
            Settle(hasBody);
        return Status;
    }

    private readonly bool IsTunnel => IsExtendedConnect || _head.Method == HttpMethod.Connect;

    /// <summary>What the fields say of a body is what there is; what they do not say a writer of text has to.</summary>
    private void Settle(bool hasBody)
    {
        if (!hasBody && _head.Body != BodyKind.None)
        {
            Status = Malformed;
            return;
        }
        if (_head.Body == BodyKind.Chunked && _head.EncodingIndex < 0)
            _head.IsFramingEdited = true;
        if (_head.IsResponse && _head.Body == BodyKind.None && _head.ContentLength < 0 && BodyFraming.HasBody(_head.Status, _requestMethod))
        {
            _head.ContentLength = 0;
            _head.IsFramingEdited = true;
        }
    }

    /// <summary>Frames may bring a cookie in pieces; outside of them it is one field (RFC 9113 §8.2.3).</summary>
    private bool JoinCookies()
    {
        if (_origin != MessageOrigin.Frames || _head.IsResponse)
            return true;
        // the pieces lie in the arena, with a name for each: they fit into as much memory, with less between them
        Span<byte> joined = _head.SpareMemory;
        int first = _head.Find(HeaderId.Cookie),
            length = 0;
        byte flags = 0;
        for (int i = first; i >= 0; i = _head.Find(HeaderId.Cookie, i))
        {
            flags |= _head.Field(i).Flags;
            ReadOnlySpan<byte> piece = _head.Field(i).ValueSpan;
            // an empty one has nothing to say, and must not leave a blank at an end
            if (length > 0 && piece.Length > 0)
            {
                "; "u8.CopyTo(joined[length..]);
                length += 2;
            }
            piece.CopyTo(joined[length..]);
            length += piece.Length;
            if (i != first)
                _head.RemoveField(i);
        }
        _head.Field(first).Flags |= (byte)(flags & HeaderField.NeverIndexedFlag);
        return _head.ReplaceValue(first, joined[..length]) || Refuse(TooLarge);
    }

    private readonly bool IsPath(ReadOnlySpan<byte> path)
    {
        if (path.IsEmpty || path[0] != '/' && !path.SequenceEqual("*"u8))
            return false;
        foreach (byte b in path)
            if (!ByteClass.Is(b, ByteClass.Target) && !(_options.AcceptUnsafeViolations && (b >= 0x80 || b == '#')))
                return false;
        return true;
    }

    private readonly bool IsName(ReadOnlySpan<byte> name) => IsName(name, _origin, _options.AcceptUnsafeViolations);

    private readonly bool IsValue(ReadOnlySpan<byte> value) => IsValue(value, _options.AcceptUnsafeViolations);

    /// <summary>A name that may come in frames (RFC 9113 §8.2.1), as far as its octets go.</summary>
    internal static bool IsFrameName(ReadOnlySpan<byte> name) => IsName(name, MessageOrigin.Frames, acceptsViolations: false);

    /// <summary>A value that may come in frames.</summary>
    internal static bool IsFrameValue(ReadOnlySpan<byte> value) => IsValue(value, acceptsViolations: false);

    private static bool IsName(ReadOnlySpan<byte> name, MessageOrigin origin, bool acceptsViolations)
    {
        if (name.IsEmpty || name.Length > ushort.MaxValue)
            return false;
        foreach (byte b in name)
        {
            bool isValid = ByteClass.IsToken(b) || acceptsViolations && b > ' ' && b != 0x7F && b != ':';
            if (!isValid || origin == MessageOrigin.Frames && char.IsAsciiLetterUpper((char)b))
                return false;
        }
        return true;
    }

    private static bool IsValue(ReadOnlySpan<byte> value, bool acceptsViolations)
    {
        foreach (byte b in value)
            if (ByteClass.Is(b, ByteClass.Control) && !(acceptsViolations && b is not (0 or (byte)'\r' or (byte)'\n')))
                return false;
        return value.IsEmpty || value[0] is not ((byte)' ' or (byte)'\t') && value[^1] is not ((byte)' ' or (byte)'\t');
    }

    /// <summary>RFC 9113 §8.2.2: nothing that is about one connection, of TE only "trailers".</summary>
    internal static bool MayComeInFrames(HeaderId id, ReadOnlySpan<byte> value) =>
        id switch
        {
            HeaderId.Connection or HeaderId.KeepAlive or HeaderId.ProxyConnection or HeaderId.TransferEncoding or HeaderId.Upgrade => false,
            HeaderId.Te => ByteClass.EqualsIgnoreCase(value, "trailers"u8),
            _ => true,
        };
}
