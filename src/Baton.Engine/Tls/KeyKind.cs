// What a certificate's key is made with: clients know some kinds and not others.
namespace Baton.Engine.Tls;

public enum KeyKind : byte
{
    Rsa,
    Ecdsa,
    Other,
}
