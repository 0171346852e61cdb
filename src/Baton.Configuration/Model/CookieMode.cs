// How the persistence cookie comes to the client: the mode of "cookie".
namespace Baton.Configuration.Model;

public enum CookieMode : byte
{
    None,
    Rewrite,
    Insert,
    Prefix,
}
