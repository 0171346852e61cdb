// A userlist: who may, with which password, and in which groups (manual, "userlist").
using System;
using System.Collections.Generic;
using Baton.Configuration.Model;
using Baton.Core.Text;
using Baton.Interop.Linux;

namespace Baton.Engine.Auth;

public sealed class UserList
{
    private sealed record User(byte[] Name, byte[] Password, bool Insecure, byte[][] Groups);

    private readonly User[] _users;

    public UserList(UserListConfig config)
    {
        Name = config.Name;
        var users = new List<User>();
        foreach (UserConfig user in config.Users.Values)
        {
            if (!user.Insecure && !Crypt.IsKnown(user.Password))
            {
                LockedOut.Add(user);
                continue;
            }
            var groups = new HashSet<string>(user.Groups);
            foreach ((string group, List<string> members) in config.Groups)
                if (members.Contains(user.Name))
                    groups.Add(group);
            var names = new List<byte[]>();
            foreach (string group in groups)
                names.Add(ByteText.GetBytes(group));
            users.Add(new User(ByteText.GetBytes(user.Name), ByteText.GetBytes(user.Password), user.Insecure, names.ToArray()));
        }
        _users = users.ToArray();
    }

    public string Name { get; }

    /// <summary>COMPAT: users whose hash crypt(3) cannot compute are accepted, and never let in.</summary>
    public List<UserConfig> LockedOut { get; } = [];

    /// <summary>True when the user is known and the password right; <paramref name="groups"/> are the user's then.</summary>
    public bool Verify(ReadOnlySpan<byte> name, ReadOnlySpan<byte> password, out byte[][] groups)
    {
        foreach (User user in _users)
        {
            if (!name.SequenceEqual(user.Name))
                continue;
            groups = user.Groups;
            return user.Insecure ? password.SequenceEqual(user.Password) : Crypt.Verify(password, user.Password);
        }
        groups = [];
        return false;
    }
}
