-- Who has an address and no camera account in use, in the order of the turns of a backfill: those never tried first. Kept
-- with the profile, where nothing has to be written for it when a person is made. The release before does not write it; an
-- account it makes meanwhile is found when its turn comes.
ALTER TABLE private_profiles ADD COLUMN has_camera @bool NOT NULL DEFAULT false;
ALTER TABLE private_profiles ADD COLUMN camera_tried_at @int NOT NULL DEFAULT 0;
UPDATE private_profiles SET has_camera = true WHERE user_id IN (SELECT m.user_id FROM private_threedeye m WHERE m.state = 'live');
CREATE INDEX private_profiles_without_camera ON private_profiles (camera_tried_at, user_id) WHERE email IS NOT NULL AND NOT has_camera;

-- Whose a remote account is, by its id and by its address.
CREATE INDEX private_threedeye_by_account ON private_threedeye (threedeye_user_id, user_id) WHERE threedeye_user_id IS NOT NULL;
CREATE INDEX private_threedeye_by_email ON private_threedeye (email, user_id);
