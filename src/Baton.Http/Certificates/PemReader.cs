// Reads PEM: base64 between "-----BEGIN LABEL-----" and "-----END LABEL-----", with whatever else around it.
using System;
using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Baton.Http.Certificates;

/// <summary>Goes through the blocks of a file.</summary>
public ref struct PemReader(ReadOnlySpan<byte> text)
{
    private ReadOnlySpan<byte> _rest = text;

    /// <summary>What the block is: "CERTIFICATE".</summary>
    public ReadOnlySpan<byte> Label { get; private set; }

    /// <summary>What it holds; the caller owns it, and wipes it if it is a key.</summary>
    public byte[] Content { get; private set; } = [];

    /// <summary>A key that only a passphrase opens.</summary>
    public bool IsEncrypted { get; private set; }

    public readonly bool Is(ReadOnlySpan<byte> label) => Label.SequenceEqual(label);

    /// <summary>On to the next block. False when there is none, or when the next one is damaged (<see cref="IsDamaged"/>).</summary>
    public bool Next()
    {
        int begin = _rest.IndexOf("-----BEGIN "u8);
        if (begin < 0)
            return false;
        ReadOnlySpan<byte> rest = _rest[(begin + 11)..];
        int close = rest.IndexOf("-----"u8);
        if (close < 0)
            return Damaged();
        Label = rest[..close];
        rest = rest[(close + 5)..];
        int end = rest.IndexOf("-----END "u8);
        if (end < 0 || !rest[(end + 9)..].StartsWith(Label))
            return Damaged();
        ReadOnlySpan<byte> body = rest[..end];
        _rest = rest[(end + 9)..];
        IsEncrypted = Label.IndexOf("ENCRYPTED"u8) >= 0 || body.IndexOf("Proc-Type: 4,ENCRYPTED"u8) >= 0;
        if (IsEncrypted)
        {
            Content = [];
            return true;
        }
        byte[] decoded = new byte[body.Length / 4 * 3 + 3];
        if (Base64.DecodeFromUtf8(body, decoded, out _, out int written) != OperationStatus.Done)
            return Damaged();
        Content = decoded.AsSpan(0, written).ToArray();
        decoded.AsSpan().Clear();
        return true;
    }

    /// <summary>It ended at something that is not PEM.</summary>
    public bool IsDamaged { get; private set; }

    private bool Damaged()
    {
        IsDamaged = true;
        return false;
    }

    /// <summary>A block of PEM.</summary>
    public static string Write(string label, ReadOnlySpan<byte> content)
    {
        var text = new StringBuilder($"-----BEGIN {label}-----\n");
        string base64 = Convert.ToBase64String(content);
        for (int at = 0; at < base64.Length; at += 64)
            text.Append(base64.AsSpan(at, Math.Min(64, base64.Length - at))).Append('\n');
        return text.Append($"-----END {label}-----\n").ToString();
    }
}
