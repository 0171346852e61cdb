// Contexts of OpenSSL's ciphers, a fixed number for each worker, shared by its connections: an idle one has none. A key that was used
// lately is found in its context; else the context that was given out the longest ago gets it.
// PERF: AES-128-GCM, 120 bytes: 579 ns in a context that has the key, 880 ns where it is set first, 1,925 ns in one that is made with
// the cipher looked up by name (bench of a loop over EVP on the machine of docs/benchmarks.md).
// SAFETY: spans are pinned for the call and passed with their lengths; a sealed text has room for its tag by IAead's contract.
using System;
using Baton.Http.Tls.Records;
using Baton.Interop.OpenSsl;

namespace Baton.Engine.Tls;

/// <summary>OWNER: one worker.</summary>
internal sealed unsafe class AeadContexts : IAead
{
    private const int Slots = 128;

    /// <summary>Up to here the byte behind a text is put there in a copy rather than given to the cipher by itself.</summary>
    private const int CopyUpTo = 1024;

    private struct Slot
    {
        public nint Context;
        public AeadAlgorithm Algorithm;

        /// <summary>Whose key it has; 0 for nobody's.</summary>
        public ulong Stamp;
    }

    private readonly Slot[] _slots = new Slot[Slots];
    private int _next;
    private ulong _lastStamp;

    private static readonly nint[] s_ciphers = new nint[4];

    /// <summary>Fetched once for the process; OpenSSL keeps them for good.</summary>
    private static nint Cipher(AeadAlgorithm algorithm)
    {
        ref nint cipher = ref s_ciphers[(int)algorithm];
        if (cipher != 0)
            return cipher;
        ReadOnlySpan<byte> name = algorithm switch
        {
            AeadAlgorithm.Aes128Gcm => "AES-128-GCM\0"u8,
            AeadAlgorithm.Aes256Gcm => "AES-256-GCM\0"u8,
            _ => "ChaCha20-Poly1305\0"u8,
        };
        fixed (byte* p = name)
            cipher = Evp.EVP_CIPHER_fetch(0, p, null);
        return cipher;
    }

    /// <summary>A context with the key and the nonce in it; 0 when the library refuses.</summary>
    private nint Take(ref DirectionKeys keys, ReadOnlySpan<byte> nonce, AeadAlgorithm algorithm, bool seal)
    {
        fixed (byte* n = nonce)
        {
            ref Slot slot = ref _slots[keys.ContextSlot];
            if (keys.ContextStamp != 0 && slot.Stamp == keys.ContextStamp)
                return Evp.EVP_CipherInit_ex(slot.Context, 0, 0, null, n, -1) == 1 ? slot.Context : 0;
            keys.ContextSlot = _next;
            slot = ref _slots[_next];
            _next = (_next + 1) % Slots;
            if (slot.Context == 0)
                slot.Context = Evp.EVP_CIPHER_CTX_new();
            slot.Stamp = keys.ContextStamp = ++_lastStamp;
            // the same cipher again would be made anew
            nint cipher = slot.Algorithm == algorithm ? 0 : Cipher(algorithm);
            slot.Algorithm = algorithm;
            fixed (byte* key = keys.Key)
                return slot.Context != 0 && Evp.EVP_CipherInit_ex(slot.Context, cipher, 0, key, n, seal ? 1 : 0) == 1 ? slot.Context : 0;
        }
    }

    public bool Seal(
        AeadAlgorithm algorithm,
        ref DirectionKeys keys,
        ReadOnlySpan<byte> nonce,
        ReadOnlySpan<byte> additional,
        ReadOnlySpan<byte> plain,
        int last,
        Span<byte> @sealed
    )
    {
        nint context = Take(ref keys, nonce, algorithm, seal: true);
        if (context == 0)
            return false;
        int written,
            text = plain.Length;
        fixed (
            byte* a = additional,
                p = plain,
                to = @sealed
        )
        {
            if (Evp.EVP_CipherUpdate(context, null, &written, a, additional.Length) != 1)
                return false;
            if (last >= 0 && text <= CopyUpTo)
            {
                plain.CopyTo(@sealed);
                to[text++] = (byte)last;
                if (Evp.EVP_CipherUpdate(context, to, &written, to, text) != 1)
                    return false;
            }
            else
            {
                byte end = (byte)last;
                if (text > 0 && Evp.EVP_CipherUpdate(context, to, &written, p, text) != 1)
                    return false;
                if (last >= 0 && Evp.EVP_CipherUpdate(context, to + text++, &written, &end, 1) != 1)
                    return false;
            }
            return Evp.EVP_CipherFinal_ex(context, to + text, &written) == 1
                && Evp.EVP_CIPHER_CTX_ctrl(context, Evp.CTRL_AEAD_GET_TAG, IAead.TagLength, to + text) == 1;
        }
    }

    public bool Open(
        AeadAlgorithm algorithm,
        ref DirectionKeys keys,
        ReadOnlySpan<byte> nonce,
        ReadOnlySpan<byte> additional,
        ReadOnlySpan<byte> @sealed,
        Span<byte> plain
    )
    {
        nint context = Take(ref keys, nonce, algorithm, seal: false);
        if (context == 0)
            return false;
        int written,
            text = @sealed.Length - IAead.TagLength;
        byte none;
        fixed (
            byte* a = additional,
                from = @sealed,
                p = plain
        )
        {
            byte* to = p is null ? &none : p;
            return Evp.EVP_CIPHER_CTX_ctrl(context, Evp.CTRL_AEAD_SET_TAG, IAead.TagLength, from + text) == 1
                && Evp.EVP_CipherUpdate(context, null, &written, a, additional.Length) == 1
                && (text == 0 || Evp.EVP_CipherUpdate(context, to, &written, from, text) == 1)
                && Evp.EVP_CipherFinal_ex(context, to + text, &written) == 1;
        }
    }

    public void Forget(ref DirectionKeys keys)
    {
        ref Slot slot = ref _slots[keys.ContextSlot];
        if (keys.ContextStamp == 0 || slot.Stamp != keys.ContextStamp)
            return;
        // the schedule of another key takes the place of this one's
        ReadOnlySpan<byte> zeros = stackalloc byte[DirectionKeys.LongestKey];
        fixed (byte* z = zeros)
            Evp.EVP_CipherInit_ex(slot.Context, 0, 0, z, null, -1);
        slot.Stamp = keys.ContextStamp = 0;
    }
}
