// What a request is about: a path, a whole URI, an authority or an asterisk, in one text (RFC 9112 §3.2). Its parts are looked for when
// somebody asks.
// SAFETY: Text has Length bytes in the message's buffer or arena; the parts are ranges of it.
using System;
using Baton.Http.Headers;

namespace Baton.Http.Messages;

internal unsafe struct RequestTarget
{
    public byte* Text;
    public int Length;
    public TargetForm Form;

    /// <summary>
    /// Put together from a scheme, an authority and a path that came one by one: where text has to name the authority in Host anyway, it
    /// goes on as the path alone.
    /// </summary>
    public bool IsComposed;

    private bool _partsKnown;
    private int _authorityOffset,
        _authorityLength,
        _pathOffset,
        _pathLength;

    public readonly ReadOnlySpan<byte> Span => new(Text, Length);

    /// <summary>Another text, of the same form until that is changed as well.</summary>
    public void Changed() => _partsKnown = false;

    /// <summary>The scheme of an absolute target, else empty.</summary>
    public ReadOnlySpan<byte> Scheme
    {
        get
        {
            FindParts();
            return Form == TargetForm.Absolute ? new(Text, _authorityOffset - "://".Length) : default;
        }
    }

    public ReadOnlySpan<byte> Authority
    {
        get
        {
            FindParts();
            return new(Text + _authorityOffset, _authorityLength);
        }
    }

    /// <summary>What stands in front of the authority, and what follows it.</summary>
    public ReadOnlySpan<byte> BeforeAuthority
    {
        get
        {
            FindParts();
            return new(Text, _authorityOffset);
        }
    }

    public ReadOnlySpan<byte> AfterAuthority
    {
        get
        {
            FindParts();
            int end = _authorityOffset + _authorityLength;
            return new(Text + end, Length - end);
        }
    }

    /// <summary>Scheme and authority of an absolute target: what stays when another path is set.</summary>
    public ReadOnlySpan<byte> BeforePath
    {
        get
        {
            FindParts();
            return Form == TargetForm.Absolute ? new(Text, _pathOffset) : default;
        }
    }

    public ReadOnlySpan<byte> Path
    {
        get
        {
            FindParts();
            return new(Text + _pathOffset, _pathLength);
        }
    }

    public bool HasQuery
    {
        get
        {
            FindParts();
            int after = _pathOffset + _pathLength;
            return after < Length && Text[after] == '?';
        }
    }

    public ReadOnlySpan<byte> Query
    {
        get
        {
            if (!HasQuery)
                return default;
            int after = _pathOffset + _pathLength;
            return new(Text + after + 1, Length - after - 1);
        }
    }

    public ReadOnlySpan<byte> PathAndQuery
    {
        get
        {
            FindParts();
            return Form is TargetForm.Origin or TargetForm.Absolute ? new(Text + _pathOffset, Length - _pathOffset) : default;
        }
    }

    /// <summary>Finds out the form, for a request of that method. False: it is none that such a request may have.</summary>
    public bool Classify(HttpMethod method)
    {
        _partsKnown = false;
        if (*Text == '/')
        {
            Form = TargetForm.Origin;
            return method != HttpMethod.Connect;
        }
        return ClassifyOther(method);
    }

    private bool ClassifyOther(HttpMethod method)
    {
        ReadOnlySpan<byte> target = Span;
        if (method == HttpMethod.Connect)
        {
            Form = TargetForm.Authority;
            int colon = target.LastIndexOf((byte)':');
            // a port is asked for; the colons of "[::1]" are none before one
            return colon > 0 && colon < target.Length - 1 && target[^1] != ']' && HostText.IsValid(target);
        }
        if (target.Length == 1 && target[0] == '*')
        {
            Form = TargetForm.Asterisk;
            return method == HttpMethod.Options;
        }
        Form = TargetForm.Absolute;
        int separator = target.IndexOf((byte)':');
        if (separator <= 0 || !IsScheme(target[..separator]) || !target[separator..].StartsWith("://"u8))
            return false;
        // RFC 9110 §4.2.4: user information in an http target is an error (HostText allows no '@').
        ReadOnlySpan<byte> authority = Authority;
        // COMPAT: an authority with a query and no path between them is refused: a reader may take the query for a part of the host.
        return authority.Length > 0 && HostText.IsValid(authority) && (target.Length == _pathOffset || target[_pathOffset] == '/');
    }

    /// <summary>RFC 3986 §3.1.</summary>
    public static bool IsScheme(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty || !char.IsAsciiLetter((char)text[0]))
            return false;
        foreach (byte b in text)
            if (!char.IsAsciiLetterOrDigit((char)b) && b is not ((byte)'+' or (byte)'-' or (byte)'.'))
                return false;
        return true;
    }

    /// <summary>The form of what a rule has set, whatever it is.</summary>
    public void Guess()
    {
        ReadOnlySpan<byte> target = Span;
        _partsKnown = false;
        Form =
            target[0] == '/' ? TargetForm.Origin
            : target.SequenceEqual("*"u8) ? TargetForm.Asterisk
            : target.IndexOf("://"u8) > 0 ? TargetForm.Absolute
            : TargetForm.Authority;
    }

    // Splits the target; deferred because most traffic needs none of it.
    private void FindParts()
    {
        if (_partsKnown)
            return;
        _partsKnown = true;
        ReadOnlySpan<byte> target = Span;
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
            return;
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
